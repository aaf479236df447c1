using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests.Line;

/// <summary>
/// The clocks of a call once more, beside it and open to the eye: fed with the same, they must say the same, and what they
/// say must hold at every instant.
/// </summary>
internal sealed class Shadow(VirtualTime time)
{
    private readonly MediaClock _media = new();
    private readonly Dictionary<Mark, long> _marks = [];
    private long _sent;
    private long _proved;
    private long _heard;

    public PlaybackClock Playback { get; } = new();

    public void Frame(long timestampMs)
    {
        _media.FrameArrived(timestampMs, time.Elapsed);
        Advance();
    }

    public void Advance()
    {
        Playback.Advance(_media.Now(time.Elapsed));
        Check();
    }

    public PlaybackMarks Send(string response, ItemKey key, int samples)
    {
        Advance();
        var marks = Playback.Send(response, key, samples);
        Place(marks.Before);
        _sent += samples;
        Place(marks.After);
        Check();
        return marks;
    }

    public Mark? Complete(ItemKey key)
    {
        var mark = Playback.Complete(key);
        Place(mark);
        return mark;
    }

    public void MarkReturned(Mark mark)
    {
        Advance();
        var before = _heard;
        Playback.MarkReturned(mark);
        if (mark.Generation == Playback.Generation)
            _proved = Math.Max(_proved, _marks[mark]);
        Check();
        Require.That(mark.Generation == Playback.Generation || _heard == before, $"{mark} is stale and moved something");
    }

    public void Clear()
    {
        Playback.Clear();
        _marks.Clear();
        (_sent, _proved, _heard) = (0, 0, 0);
    }

    private void Place(Mark? mark)
    {
        if (mark is { } sent)
            _marks.Add(sent, _sent);
    }

    // What was heard to its end is not listed any more, so what was heard is what was sent less what is still to come.
    private void Check()
    {
        var heard = _sent;
        for (var i = 0; i < Playback.Unheard.Count; i++)
        {
            var item = Playback.Unheard[i];
            Require.That(item.Heard >= 0 && item.Heard <= item.Sent, $"{item.Key}: {item.Heard} of {item.Sent} heard");
            heard -= item.Sent - item.Heard;
        }

        Require.That(heard >= _heard, "heard runs backwards");
        Require.That(heard >= _proved, "less was heard than the marks proved");
        _heard = heard;
    }
}
