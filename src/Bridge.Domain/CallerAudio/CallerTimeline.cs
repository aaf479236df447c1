using Bridge.Domain.Playback;

namespace Bridge.Domain.CallerAudio;

/// <summary>What to do with a frame of the caller's.</summary>
/// <param name="Silence">Samples of silence to append before it.</param>
/// <param name="Keep">Append the frame; false: it was there before.</param>
public readonly record struct FrameDecision(int Silence, bool Keep);

/// <summary>
/// Keeps the caller's audio in true time. The model's voice detection counts samples, so a frame that is missing makes its
/// clock slow: gaps in the timestamps are filled with silence. Frames that come late or twice are dropped.
/// </summary>
/// <param name="longestGapMs">The most that is filled, in milliseconds; 0 leaves the frames as they come.</param>
public sealed class CallerTimeline(int longestGapMs)
{
    /// <summary>Timestamps are irregular by some milliseconds; less than a frame is no gap, and no frame from the past.</summary>
    private const int ToleranceMs = 18;

    /// <summary>A gap that is so much longer than the time without a frame is no gap: the stamp is wrong, or the stream counts anew.</summary>
    private const int ImplausibleMs = 2_000;

    /// <summary>A stream whose timestamps lie elsewhere and go on from each other counts anew.</summary>
    private const int FramesToBelieve = 3;

    private long? _next;
    private long _filledAhead;
    private long _stranger;
    private int _strangers;

    /// <summary>A frame came.</summary>
    /// <param name="timestampMs">Its stamp; null when it could not be read: then its time is not known, and it is kept as it is.</param>
    /// <param name="samples">Its length.</param>
    /// <param name="since">The time since the frame before; null when it is not known.</param>
    public FrameDecision Take(long? timestampMs, int samples, TimeSpan? since = null)
    {
        if (longestGapMs == 0)
            return new FrameDecision(0, Keep: true);
        var length = Pcmu.ToMilliseconds(samples);
        if (timestampMs is not { } at || at > long.MaxValue / 1_000)
        {
            _next += length;
            return new FrameDecision(0, Keep: true);
        }

        var gap = _next is { } next ? at - next : 0;
        if (gap < -ToleranceMs && !CountsAnew(at, length))
            return new FrameDecision(0, Keep: false);
        if (since is { } quiet && gap > quiet.TotalMilliseconds + ImplausibleMs)
        {
            _next = CountsAnew(at, length) ? at + length : _next + length;
            return new FrameDecision(0, Keep: true);
        }

        _strangers = 0;
        if (Math.Abs(gap) <= ToleranceMs)
        {
            // On the grid: the count goes on by itself, drawn a little towards the stamps.
            _next = at + length - gap + (gap / 4);
            return new FrameDecision(0, Keep: true);
        }

        _next = at + length;
        var filled = Math.Clamp(gap - _filledAhead, 0, longestGapMs);
        _filledAhead = 0;
        return new FrameDecision((int)Pcmu.ToSamples(filled), Keep: true);
    }

    /// <summary>Silence was appended where no frame came: so much of the next gap is filled already.</summary>
    public void Filled(int milliseconds) => _filledAhead = milliseconds;

    private bool CountsAnew(long at, int length)
    {
        _strangers = _strangers > 0 && Math.Abs(at - _stranger) <= ToleranceMs ? _strangers + 1 : 1;
        _stranger = at + length;
        return _strangers >= FramesToBelieve;
    }
}
