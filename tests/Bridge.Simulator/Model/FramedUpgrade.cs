using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Simulator.Model;

/// <summary>Puts a <see cref="FrameStream"/> below the sockets that the server accepts, and a <see cref="FaultStream"/> below that.</summary>
internal sealed class FramedUpgrade(IHttpUpgradeFeature upgrade, Socket? connection) : IHttpUpgradeFeature
{
    public FrameStream? Frames { get; private set; }

    public FaultStream? Raw { get; private set; }

    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    /// <summary>A middleware in front of the one for WebSockets.</summary>
    public static Task OfferAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            context.Features.Set<IHttpUpgradeFeature>(new FramedUpgrade(upgrade, Handshake.Connection(context)));
        return next(context);
    }

    public static FramedUpgrade? Of(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>() as FramedUpgrade;

    public async Task<Stream> UpgradeAsync()
    {
        Raw = new FaultStream(await upgrade.UpgradeAsync(), connection);
        return Frames = new FrameStream(Raw, isClient: false);
    }
}
