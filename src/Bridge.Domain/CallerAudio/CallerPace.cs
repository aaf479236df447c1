using Bridge.Domain.Playback;

namespace Bridge.Domain.CallerAudio;

/// <summary>
/// Nobody speaks faster than time: what a stream brings beyond that is not the caller's, and a model is paid by what it hears.
/// Audio may run a fifth faster than the clock, with a burst, and what a stalled line owes may follow at once.
/// </summary>
/// <param name="burstMs">What may come at once, in milliseconds; 0 lets everything pass.</param>
/// <param name="longestStallMs">What a line may owe, and then deliver at once, in milliseconds.</param>
/// <param name="patience">A stream that is too fast for so long is not Twilio's.</param>
public sealed class CallerPace(int burstMs, int longestStallMs, TimeSpan patience)
{
    /// <summary>Two clocks differ, and frames come in bunches: 60 frames a second instead of 50.</summary>
    private const double Pace = 1.2;

    /// <summary>Without a drop for so long, a stream behaves again.</summary>
    private static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(1);

    private readonly double _most = Pcmu.ToSamples(burstMs + longestStallMs);
    private double _credit = Pcmu.ToSamples(burstMs);
    private TimeSpan _at;
    private TimeSpan? _tooFastSince;
    private TimeSpan _lastDrop;

    /// <summary>Has it been too fast for longer than anybody has patience?</summary>
    public bool IsHopeless => _tooFastSince is { } since && _lastDrop - since >= patience;

    /// <summary>May so much audio pass now? What may not is to be dropped.</summary>
    /// <param name="samples">How much.</param>
    /// <param name="elapsed">The monotonic clock, since any fixed moment.</param>
    public bool Take(int samples, TimeSpan elapsed)
    {
        if (burstMs == 0)
            return true;
        if (elapsed > _at)
        {
            _credit = Math.Min(_most, _credit + ((elapsed - _at).TotalMilliseconds * Pcmu.SamplesPerMillisecond * Pace));
            _at = elapsed;
        }

        if (samples <= _credit)
        {
            _credit -= samples;
            return true;
        }

        if (_tooFastSince is null || elapsed - _lastDrop > Forgiven)
            _tooFastSince = elapsed;
        _lastDrop = elapsed;
        return false;
    }
}
