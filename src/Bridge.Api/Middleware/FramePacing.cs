using Bridge.Application.Bridging;
using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Api.Middleware;

/// <summary>
/// Upgrades a connection to one whose WebSocket frames cannot come faster than is sensible: a flood of pings, or of fragments
/// without a byte, never reaches the reader above and would cost it all its time. What is too fast waits in the network.
/// </summary>
internal sealed class FramePacing(IHttpUpgradeFeature inner, int framesPerSecond, BridgeMetrics metrics) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync() => new FramePacedStream(await inner.UpgradeAsync(), framesPerSecond, metrics.ReadingHeldUp);
}
