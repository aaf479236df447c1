using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>Opens sessions with OpenAI's Realtime API, or with anything that speaks it.</summary>
internal sealed class OpenAIRealtimeClient(
    IOptions<OpenAIOptions> options, IOptions<BridgeOptions> bridge, TimeProvider time, ILogger<OpenAIRealtimeSession> logger) : IRealtimeClient
{
    private readonly OpenAIEventLog _events = new(options.Value.LogEventTypes, logger);

    public async Task<IRealtimeSession> CreateSessionAsync(RealtimeSessionSettings settings, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            await ConnectAsync(socket, cancellationToken);
            var session = new OpenAIRealtimeSession(socket, settings.Instructions, _events, bridge.Value.CloseTimeout, time, logger);
            await session.ConfigureAsync(settings, cancellationToken);
            return session;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var url = Url(options.Value);
        socket.Options.SetRequestHeader("Authorization", $"Bearer {options.Value.ApiKey}");
        socket.Options.KeepAliveInterval = options.Value.KeepAlive;
        socket.Options.KeepAliveTimeout = options.Value.KeepAlive;
        socket.Options.CollectHttpResponseDetails = true;
        if (url.IsLoopback)
            socket.Options.Proxy = null;
        try
        {
            await socket.ConnectAsync(url, cancellationToken);
        }
        catch (WebSocketException e)
        {
            throw new RealtimeSessionException(Explain((int)socket.HttpStatusCode, url), e);
        }
    }

    /// <summary>The endpoint may have a query of its own (a gateway's version, say); the model is added unless it is named there.</summary>
    internal static Uri Url(OpenAIOptions options)
    {
        var url = new UriBuilder(options.Endpoint);
        var query = url.Query.TrimStart('?');
        if (!query.Split('&').Any(p => p.StartsWith("model=", StringComparison.Ordinal)))
            url.Query = (query.Length == 0 ? "" : query + "&") + "model=" + Uri.EscapeDataString(options.Model);
        return url.Uri;
    }

    private string Explain(int status, Uri url) => status switch
    {
        0 => $"{url.Host} cannot be reached: no connection.",
        401 => $"{url.Host} answered 401: OPENAI_API_KEY is not accepted.",
        403 => $"{url.Host} answered 403: the key may not use model {options.Value.Model}.",
        404 => $"{url.Host} answered 404: there is no model {options.Value.Model}, or OPENAI_REALTIME_URL is not the realtime endpoint.",
        429 => $"{url.Host} answered 429: too many requests, or the quota is used up.",
        _ => $"{url.Host} answered {status} instead of opening a WebSocket.",
    };
}
