namespace Bridge.Domain.Playback;

/// <summary>
/// What returned marks say about Twilio's playhead beside ours. A mark sent into silence comes back at once and measures the
/// round trip. A later mark should come back one round trip after our playhead passed it. When the last few all come later,
/// by the same, Twilio's playhead lags behind ours; marks that are merely held up scatter.
/// </summary>
internal sealed class RoundTrip
{
    private const int Agreeing = 4;
    private readonly long[] _lags = new long[Agreeing];
    private long? _least;
    private int _count;

    /// <summary>A mark that was sent into silence came back after so many samples of time.</summary>
    public void Measured(long samples) => _least = _least is { } before ? Math.Min(samples, before + ((samples - before) / 8)) : samples;

    /// <summary>
    /// A mark came back so long after our playhead passed it. Returns how far Twilio's playhead lags behind ours, in samples,
    /// negative when it is ahead; null as long as the last few do not agree.
    /// </summary>
    /// <param name="sincePassed">In samples of time.</param>
    /// <param name="heldBack">
    /// How much our playhead was held back before: only by so much can Twilio's be ahead. A mark that came sooner still tells
    /// that the round trip was measured too long.
    /// </param>
    /// <param name="tolerance">Lags that differ by no more agree.</param>
    public long? Lag(long sincePassed, long heldBack, long tolerance)
    {
        if (_least is not { } roundTrip)
            return null;
        if (sincePassed + heldBack < roundTrip)
            _least = roundTrip = sincePassed + heldBack;
        _lags[_count++ % Agreeing] = sincePassed - roundTrip;
        if (_count < Agreeing)
            return null;
        var (least, most) = (long.MaxValue, long.MinValue);
        foreach (var lag in _lags)
            (least, most) = (Math.Min(least, lag), Math.Max(most, lag));
        return most - least <= tolerance ? least : null;
    }

    /// <summary>Playback starts anew, or our playhead was moved: lags measured before say nothing of what follows. The round trip stays.</summary>
    public void Restart() => _count = 0;
}
