using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>Opens sessions with OpenAI's Realtime API, or with anything that speaks it.</summary>
internal sealed class OpenAIRealtimeClient(
    IOptions<OpenAIOptions> options, IOptions<BridgeOptions> bridge, TimeProvider time, ILogger<OpenAIRealtimeSession> logger) : IRealtimeClient, IDisposable
{
    private readonly OpenAIEventLog _events = new(options.Value.LogEventTypes, logger);

    // No redirects: the caller's audio goes to the endpoint that was configured, and nowhere else.
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly HttpMessageInvoker _direct = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public async Task<IRealtimeSession> CreateSessionAsync(RealtimeSessionSettings settings, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            await ConnectAsync(socket, cancellationToken);
            var session = new OpenAIRealtimeSession(socket, _events, bridge.Value.CloseTimeout, time, logger);
            await session.ConfigureAsync(settings, options.Value.TranscriptionModel, cancellationToken);
            return session;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _direct.Dispose();
    }

    private async Task ConnectAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var url = Url(options.Value);
        socket.Options.SetRequestHeader("Authorization", $"Bearer {options.Value.ApiKey}");
        socket.Options.KeepAliveInterval = options.Value.KeepAlive;
        socket.Options.KeepAliveTimeout = options.Value.KeepAlive;
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(url, url.IsLoopback ? _direct : _http, cancellationToken);
        }
        catch (WebSocketException e)
        {
            throw new RealtimeSessionException(Explain((int)socket.HttpStatusCode, url, e), e);
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

    private string Explain(int status, Uri url, WebSocketException e) => status switch
    {
        0 or 101 => $"{url.Host} did not open a WebSocket: {(e.InnerException is HttpRequestException { HttpRequestError: var why } ? why.ToString() : e.WebSocketErrorCode.ToString())}.",
        401 => $"{url.Host} answered 401: OPENAI_API_KEY is not accepted.",
        403 => $"{url.Host} answered 403: the key may not use model {options.Value.Model}.",
        404 => $"{url.Host} answered 404: there is no model {options.Value.Model}, or OPENAI_REALTIME_URL is not the realtime endpoint.",
        429 => $"{url.Host} answered 429: too many requests, or the quota is used up.",
        _ => $"{url.Host} answered {status} instead of opening a WebSocket.",
    };
}
