using Bridge.Domain.Turns;
using Bridge.Simulator.Caller;

namespace Bridge.Domain.Tests.Line;

/// <summary>Compares what the model was told at an interruption with what the far end knows.</summary>
internal sealed class Verdict(Interruption told, IEnumerable<SentItem> queued, LineConditions line, Tally tally)
{
    // As they are now: the history goes on before the clear takes effect.
    private readonly SentItem[] _items = [.. queued.Select(item => item with { })];

    public void Compare(IReadOnlyList<HeardItem> truth)
    {
        var next = 0;
        var cut = false;
        foreach (var item in _items)
        {
            var heard = truth.FirstOrDefault(t => t.Item == item.Ordinal).Heard;
            if (next < told.Truncations.Count && told.Truncations[next].Item == item.Key)
            {
                var truncation = told.Truncations[next++];
                CheckTruncation(item, truncation, heard, cut);
                cut |= truncation.AudioEndMs < truncation.SentMs;
            }
            else if (!item.OfALostSession)
            {
                Require.That(item.Complete, $"{item.Key} was not finished and not truncated");
                Require.That(
                    item.Samples - heard <= line.Tolerance,
                    $"{item.Key} was not truncated, though {heard} of {item.Samples} samples were heard");
            }
        }

        Require.That(next == told.Truncations.Count, "what was truncated is not on the line, or is in another order");
    }

    private void CheckTruncation(SentItem item, Truncation truncation, long heard, bool afterACut)
    {
        var samples = truncation.AudioEndMs * 8;
        Require.That(!item.OfALostSession, $"{item.Key} is of a lost session");
        Require.That(
            samples <= item.Samples && truncation.SentMs == item.Samples / 8,
            $"{item.Key} has {item.Samples} samples: {truncation}");
        Require.That(!afterACut || samples == 0, $"{item.Key} is behind one that was cut, and yet {truncation}");
        if (!afterACut)
            tally.Add(Math.Abs(samples - heard) > line.ToleranceAtP99);
        Require.That(
            Math.Abs(samples - heard) <= line.Tolerance,
            $"{item.Key}: told {samples} samples, heard {heard} of {item.Samples}, may differ by {line.Tolerance}");
    }
}
