using Bridge.Application.Bridging;
using Bridge.Infrastructure.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Api.Middleware;

/// <summary>
/// Upgrades a connection to one that takes frames of ours beside the WebSocket's own, and whose frames cannot come faster than is sensible:
/// a flood of pings, or of fragments without a byte, never reaches the reader above and would cost it all its time. What is too fast waits
/// in the network.
/// </summary>
/// <param name="inner">The web server's own.</param>
/// <param name="framesPerSecond">How many frames for long; 0 is no limit.</param>
/// <param name="metrics">Counts what is held up.</param>
internal sealed class MediaStreamUpgrade(IHttpUpgradeFeature inner, int framesPerSecond, BridgeMetrics metrics) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>The connection, once it is upgraded.</summary>
    public FramedStream? Connection { get; private set; }

    public async Task<Stream> UpgradeAsync()
    {
        var upgraded = await inner.UpgradeAsync();
        return Connection = framesPerSecond > 0 ? new FramePacedStream(upgraded, framesPerSecond, metrics.ReadingHeldUp) : new FramedStream(upgraded, isClient: false);
    }
}
