namespace Bridge.Domain.Playback;

/// <summary>
/// The call's own time, in samples: a monotonic clock kept at the pace of the caller's frames, which Twilio stamps.
/// <para>
/// A frame tells the time at which it was stamped, some delay ago, and the delay varies; so a single frame moves nothing. The
/// least delay of each few seconds hardly varies: when it creeps, the two machines' clocks run at different paces, and the time
/// is drawn after it. When it leaps, the network's path, or the stream's count, changed, which says nothing about time; nor
/// does a stamp that is absurd, late, or missing.
/// </para>
/// </summary>
public sealed class MediaClock
{
    /// <summary>The stretch of which the least delay is taken.</summary>
    private static readonly long Window = Pcmu.ToSamples(5_000);

    /// <summary>Clocks of two machines differ by less than this in a window; stamps are whole milliseconds. What differs by more is the network's.</summary>
    private static readonly long MostCreep = Pcmu.ToSamples(1);

    /// <summary>A window with fewer frames than a fifth of those that are due says too little about the least delay.</summary>
    private const int EnoughFrames = 50;

    private long _windowEnd = Window;
    private long _least = long.MaxValue;
    private long? _leastBefore;
    private int _frames;
    private long _creep;
    private long _last;
    private long _now;

    /// <summary>A frame arrived.</summary>
    /// <param name="timestampMs">Its stamp, in milliseconds since the stream's start.</param>
    /// <param name="elapsed">The monotonic clock, since any fixed moment.</param>
    public void FrameArrived(long timestampMs, TimeSpan elapsed)
    {
        if (timestampMs is < 0 or > long.MaxValue / 1_000)
            return;
        var arrival = Samples(elapsed);
        if (arrival >= _windowEnd)
            CloseWindow(arrival);
        _least = Math.Min(_least, arrival - Pcmu.ToSamples(timestampMs));
        _frames++;
    }

    /// <summary>The time now, in samples; it never runs backwards.</summary>
    public long Now(TimeSpan elapsed)
    {
        var monotonic = Samples(elapsed);
        var passed = monotonic - _last;
        if (passed <= 0)
            return _now;
        _last = monotonic;
        // Drawn after the frames by a hundredth of the time that passes, so that no measurement in between is off by more.
        var drawn = Math.Clamp(_creep, -passed / 100, passed / 100);
        _creep -= drawn;
        return _now += passed + drawn;
    }

    private void CloseWindow(long arrival)
    {
        var counts = _frames >= EnoughFrames;
        // A delay that shrinks is a stamp that runs ahead: their clock is the faster one.
        if (counts && _leastBefore is { } before && Math.Abs(before - _least) <= MostCreep)
            _creep += before - _least;
        _leastBefore = counts ? _least : null;
        (_least, _frames, _windowEnd) = (long.MaxValue, 0, arrival + Window);
    }

    private static long Samples(TimeSpan elapsed) => elapsed.Ticks * Pcmu.SamplesPerMillisecond / TimeSpan.TicksPerMillisecond;
}
