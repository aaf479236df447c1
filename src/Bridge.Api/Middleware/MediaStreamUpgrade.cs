using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Api.Middleware;

/// <summary>Upgrades a connection and remembers it: the handshake is the web server's, what is said after it goes past its WebSocket.</summary>
/// <param name="http1">The web server's own, for HTTP/1.1 (RFC 6455, section 4).</param>
/// <param name="http2">The same for HTTP/2 (RFC 8441).</param>
internal sealed class MediaStreamUpgrade(IHttpUpgradeFeature? http1, IHttpExtendedConnectFeature? http2) : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    /// <summary>The connection, once it is upgraded.</summary>
    public Stream? Connection { get; private set; }

    public bool IsUpgradableRequest => http1 is { IsUpgradableRequest: true };

    public bool IsExtendedConnect => http2 is { IsExtendedConnect: true };

    public string? Protocol => http2?.Protocol;

    /// <summary>Comes before the web server's handshake, and puts itself into the place of what it upgrades with.</summary>
    public static Task Use(HttpContext context, RequestDelegate next)
    {
        var upgrade = new MediaStreamUpgrade(context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>());
        if (upgrade.IsUpgradableRequest || upgrade.IsExtendedConnect)
        {
            context.Features.Set<IHttpUpgradeFeature>(upgrade);
            context.Features.Set<IHttpExtendedConnectFeature>(upgrade);
        }

        return next(context);
    }

    public async Task<Stream> UpgradeAsync() => Connection = await http1!.UpgradeAsync();

    public async ValueTask<Stream> AcceptAsync() => Connection = await http2!.AcceptAsync();
}
