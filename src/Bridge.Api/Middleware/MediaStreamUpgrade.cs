using Bridge.Api.Transport;
using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Api.Middleware;

/// <summary>Upgrades a connection and remembers it: the handshake is the web server's, what is said after it goes past its WebSocket.</summary>
/// <param name="http1">The web server's own, for HTTP/1.1 (RFC 6455, section 4).</param>
/// <param name="http2">The same for HTTP/2 (RFC 8441), where a connection has several streams and cannot be had.</param>
/// <param name="takeover">The connection below, if it can be had: what is upgraded then goes past the web server.</param>
internal sealed class MediaStreamUpgrade(IHttpUpgradeFeature? http1, IHttpExtendedConnectFeature? http2, ISocketTakeover? takeover) : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    /// <summary>The connection, once it is upgraded.</summary>
    public Stream? Connection { get; private set; }

    public bool IsUpgradableRequest => http1 is { IsUpgradableRequest: true };

    public bool IsExtendedConnect => http2 is { IsExtendedConnect: true };

    public string? Protocol => http2?.Protocol;

    /// <summary>Comes before the web server's handshake, and puts itself into the place of what it upgrades with.</summary>
    public static Task Use(HttpContext context, RequestDelegate next)
    {
        var upgrade = new MediaStreamUpgrade(context.Features.Get<IHttpUpgradeFeature>(), context.Features.Get<IHttpExtendedConnectFeature>(), context.Features.Get<ISocketTakeover>());
        if (upgrade.IsUpgradableRequest || upgrade.IsExtendedConnect)
        {
            context.Features.Set<IHttpUpgradeFeature>(upgrade);
            context.Features.Set<IHttpExtendedConnectFeature>(upgrade);
        }

        return next(context);
    }

    public async Task<Stream> UpgradeAsync()
    {
        var upgraded = await http1!.UpgradeAsync();
        return Connection = (takeover is null ? null : await takeover.TakeOverAsync()) ?? upgraded;
    }

    public async ValueTask<Stream> AcceptAsync() => Connection = await http2!.AcceptAsync();
}
