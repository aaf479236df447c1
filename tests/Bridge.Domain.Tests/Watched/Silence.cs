using Bridge.Domain.Calls;
using Bridge.Domain.Tests.Line;

namespace Bridge.Domain.Tests.Watched;

/// <summary>What the caller hears, in milliseconds: whose turn it is, since when nothing sounds, and whether that may be.</summary>
internal sealed class Silence
{
    private const int FillerAfter = 2500;
    private const int Look = 250;

    private long? _turnSince;

    /// <summary>When the last sound ends, or ended.</summary>
    public long QuietSince { get; private set; }

    public void TurnBegins(long now) => _turnSince ??= now;

    public void TurnIsOver() => _turnSince = null;

    public void Sounds(long now, int ms) => QuietSince = Math.Max(QuietSince, now) + ms;

    public void IsCleared(long now) => QuietSince = Math.Min(QuietSince, now);

    public void Looked(WatchAction decided, long now)
    {
        var silent = _turnSince is { } since ? now - Math.Max(since, QuietSince) : 0;
        if (decided is WatchAction.PlayFiller)
            Require.That(silent >= FillerAfter - 1, $"a filler after {silent} ms of silence");
        else if (decided is WatchAction.None)
            Require.That(silent < FillerAfter + 1, $"{silent} ms of silence, and no filler");
        else if (decided is WatchAction.Ask or WatchAction.ReplaceSession)
            Require.That(silent <= FillerAfter + (2 * Look), $"{silent} ms of silence, and still no filler");
    }
}
