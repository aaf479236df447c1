using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator;

/// <summary>
/// What a caller of flesh would do, as steps that can be read aloud: listen, say, interrupt, hang up. For calls in real time.
/// </summary>
public sealed class CallScript(FakeCaller caller, FakeConversation session, Action<string> tell, CancellationToken limit)
{
    private readonly List<Turn> _turns = [];
    private int _items;

    /// <summary>Every time the caller spoke.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Waits until the next item of the assistant can be heard.</summary>
    public async Task<LedgerItem> ListenAsync(string what)
    {
        var index = _items++;
        await session.WaitUntilAsync(conversation => conversation.Ledger.Count > index, limit);
        var item = session.Ledger[index];
        await caller.Playout.WaitUntilAsync(playout => playout.Item(item.Ordinal).Heard > 0, limit);
        tell($"hears {what}");
        return item;
    }

    /// <summary>Listens until so much of an item was heard.</summary>
    public Task HearAsync(LedgerItem item, int milliseconds) =>
        caller.Playout.WaitUntilAsync(playout => playout.Item(item.Ordinal).HeardMs >= milliseconds, limit);

    /// <summary>Listens to the end of an item.</summary>
    public async Task HearOutAsync(LedgerItem item)
    {
        await caller.Playout.WaitUntilAsync(
            playout => session.ActiveResponseId is null && playout.Item(item.Ordinal).Heard >= item.GeneratedSamples, limit);
        tell("has heard it out");
    }

    /// <summary>Says a clip, to its end.</summary>
    public async Task SayAsync(string clip)
    {
        tell($"says: {Speech.Transcript(clip)}");
        var began = caller.Clock.GetTimestamp();
        await caller.SpeakAsync(Speech.Clip(clip)).WaitAsync(limit);
        _turns.Add(new Turn(clip, began, caller.Clock.GetTimestamp(), null, false));
    }

    /// <summary>Says a clip over the assistant, and waits until it falls silent.</summary>
    public async Task InterruptAsync(string clip)
    {
        var before = caller.Clears.Count;
        var generating = session.ActiveResponseId is not null;
        tell($"interrupts: {Speech.Transcript(clip)}");
        var began = caller.Clock.GetTimestamp();
        var said = caller.SpeakAsync(Speech.Clip(clip));
        var clear = await caller.WaitForClearAsync(before + 1, limit);
        var silent = caller.Record.Received.Last(message => message.Kind == BridgeMessageKind.Clear).At;
        tell($"hears silence: {Pcmu.Milliseconds(clear.Dropped)} ms were still to be played");
        await said.WaitAsync(limit);
        _turns.Add(new Turn(clip, began, caller.Clock.GetTimestamp(), silent, generating));
        _items = session.Ledger.Count;
    }

    /// <summary>
    /// One time the caller spoke; <paramref name="SilentAt"/> is when the assistant fell silent, null when it was not speaking.
    /// </summary>
    public sealed record Turn(string Clip, long Began, long Ended, long? SilentAt, bool WhileGenerating);
}
