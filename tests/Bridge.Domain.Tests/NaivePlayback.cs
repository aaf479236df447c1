using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>
/// The clock once more, written for being obvious and not for being fast: a list of everything sent since the last clear,
/// and one number, how much of that list was played. Everything else is counted anew each time it is asked for.
/// </summary>
internal sealed class NaivePlayback
{
    private readonly List<(ItemKey Item, string Response, long Samples)> _sent = [];
    private readonly HashSet<ItemKey> _complete = [];
    private readonly Dictionary<Mark, long> _marks = [];
    private long _now;

    public long Played { get; private set; }

    public long Sent => _sent.Sum(s => s.Samples);

    /// <summary>The most that returned marks of this generation have proved.</summary>
    public long Proved { get; private set; }

    public void Advance(long ms)
    {
        if (ms <= _now)
            return;
        Played = Math.Min(Sent, Played + ((ms - _now) * 8));
        _now = ms;
    }

    public void Send(string response, ItemKey item, long samples, Mark? mark)
    {
        _sent.Add((item, response, samples));
        Place(mark);
    }

    public void Complete(ItemKey item, Mark? mark)
    {
        if (_sent.Any(s => s.Item == item))
            _complete.Add(item);
        Place(mark);
    }

    public void CompleteResponse(string response) => _complete.UnionWith(_sent.Where(s => s.Response == response).Select(s => s.Item));

    public void MarkReturned(Mark mark)
    {
        if (!_marks.TryGetValue(mark, out var position))
            return;
        Proved = Math.Max(Proved, position);
        Played = Math.Max(Played, position);
    }

    public void Clear()
    {
        _sent.Clear();
        _marks.Clear();
        _complete.Clear();
        (Played, Proved) = (0, 0);
    }

    /// <summary>Items with something left to hear, as the clock should list them.</summary>
    public IEnumerable<(ItemKey Item, long Heard, long Sent)> Unheard()
    {
        foreach (var item in _sent.Select(s => s.Item).Distinct())
        {
            var (heard, sent) = HeardOf(item);
            if (heard < sent || !_complete.Contains(item))
                yield return (item, heard, sent);
        }
    }

    private (long Heard, long Sent) HeardOf(ItemKey item)
    {
        long start = 0, heard = 0, sent = 0;
        foreach (var piece in _sent)
        {
            if (piece.Item == item)
            {
                heard += Math.Clamp(Played - start, 0, piece.Samples);
                sent += piece.Samples;
            }

            start += piece.Samples;
        }

        return (heard, sent);
    }

    private void Place(Mark? mark)
    {
        if (mark is { } placed)
            _marks.Add(placed, Sent);
    }
}
