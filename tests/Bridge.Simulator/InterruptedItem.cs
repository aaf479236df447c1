using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator;

/// <summary>An item that was not heard to its end: what was made of it, what was heard, and what the model was told.</summary>
public sealed record InterruptedItem(int Interruption, LedgerItem Item, int GeneratedMs, int HeardMs, int? ToldMs)
{
    /// <summary>Told less heard, milliseconds; null when the model was told nothing.</summary>
    public int? DifferenceMs => ToldMs - HeardMs;

    /// <summary>Every item that a <c>clear</c> left unheard, the ones that never reached the caller's side among them.</summary>
    public static IReadOnlyList<InterruptedItem> Of(FakeCaller caller, FakeConversation session)
    {
        var clears = caller.Clears;
        var all = new List<InterruptedItem>();
        foreach (var item in session.Ledger)
        {
            var heard = caller.Playout.Item(item.Ordinal);
            if (heard.Heard >= item.GeneratedSamples)
                continue;
            var siblings = session.Ledger.Where(other => other.ResponseId == item.ResponseId).Select(other => other.Ordinal).ToHashSet();
            var number = clears.TakeWhile(clear => !clear.Items.Any(one => one.Unheard > 0 && siblings.Contains(one.Item))).Count() + 1;
            all.Add(new InterruptedItem(number, item, item.GeneratedMs, heard.HeardMs, item.TruncatedToMs));
        }

        return all;
    }
}
