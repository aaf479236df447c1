using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Simulator.Model;

/// <summary>Puts a <see cref="FrameStream"/> below the sockets that the server accepts.</summary>
internal sealed class FramedUpgrade(IHttpUpgradeFeature upgrade) : IHttpUpgradeFeature
{
    private FrameStream? _stream;

    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    /// <summary>A middleware in front of the one for WebSockets.</summary>
    public static Task OfferAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            context.Features.Set<IHttpUpgradeFeature>(new FramedUpgrade(upgrade));
        return next(context);
    }

    public static FrameStream? Of(HttpContext context) => (context.Features.Get<IHttpUpgradeFeature>() as FramedUpgrade)?._stream;

    public async Task<Stream> UpgradeAsync() => _stream = new FrameStream(await upgrade.UpgradeAsync(), isClient: false);
}
