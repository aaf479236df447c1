using System.Globalization;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Authentication;
using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>Opens sessions with OpenAI's Realtime API, or with anything that speaks it.</summary>
internal sealed class OpenAIRealtimeClient(
    IOptions<OpenAIOptions> options, IOptions<BridgeOptions> bridge, TimeProvider time, ILogger<OpenAIRealtimeSession> logger) : IRealtimeClient, IDisposable
{
    /// <summary>The wall's time, not the call's, which a test may move: an answer takes as long as the network takes.</summary>
    private readonly TimerWheel _pings = new(TimeProvider.System);

    private readonly OpenAIEventLog _events = new(options.Value.LogEventTypes, logger);

    public async Task<IRealtimeSession> CreateSessionAsync(RealtimeSessionSettings settings, CancellationToken cancellationToken)
    {
        // The call began on a thread that carries frames; a dial is long.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var dialled = await ConnectAsync(cancellationToken);
        var session = new OpenAIRealtimeSession(dialled.Connection!, _events, bridge.Value.CloseTimeout, time, logger, options.Value.MaxMessageBytes, dialled.Abort);
        try
        {
            await session.ConfigureAsync(settings, options.Value.TranscriptionModel, cancellationToken);
            dialled.SetUpIsOver();
            session.KeepAlive(_pings, options.Value.KeepAlive);
            return session;
        }
        catch
        {
            dialled.Connection!.Dispose();
            throw;
        }
    }

    public void Dispose() => _pings.Dispose();

    /// <summary>
    /// The handshake, with all its checks, is the runtime's; what it leaves is a connection, and the runtime's own socket over it is not used,
    /// nor does it ask by itself whether the far end lives.
    /// </summary>
    private async Task<WebSocketDial> ConnectAsync(CancellationToken cancellationToken)
    {
        var url = Url(options.Value);
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {options.Value.ApiKey?.Reveal()}");
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.CollectHttpResponseDetails = true;
        using var dial = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dialled = new WebSocketDial(useProxy: !url.IsLoopback, bridge.Value.ModelSendBuffer, dial.Token);
        using var http = new HttpMessageInvoker(dialled);
        try
        {
            await socket.ConnectAsync(url, http, dial.Token);
            return dialled;
        }
        catch (WebSocketException e)
        {
            // Whoever gives a dial up closes its connection; which of the two is seen first is chance.
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(socket, url, e);
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

    private RealtimeSessionException Explain(ClientWebSocket socket, Uri url, WebSocketException e)
    {
        var status = (int)socket.HttpStatusCode;
        var network = (e.InnerException as HttpRequestException)?.HttpRequestError;
        var (failure, why) = status switch
        {
            0 or 101 when e.InnerException?.InnerException is AuthenticationException =>
                (RealtimeSessionFailure.Refused, $"{url.Host} cannot prove who it is: its TLS certificate or protocol was not accepted. Nothing was sent."),
            0 or 101 => (RealtimeSessionFailure.Unreachable, $"{url.Host} did not open a WebSocket: {network?.ToString() ?? e.WebSocketErrorCode.ToString()}."),
            401 => (RealtimeSessionFailure.Refused, $"{url.Host} answered 401: OPENAI_API_KEY is not accepted."),
            403 => (RealtimeSessionFailure.Refused, $"{url.Host} answered 403: the key may not use model {options.Value.Model}."),
            404 => (RealtimeSessionFailure.Refused, $"{url.Host} answered 404: there is no model {options.Value.Model}, or OPENAI_REALTIME_URL is not the realtime endpoint."),
            429 => (RealtimeSessionFailure.Busy, $"{url.Host} answered 429: too many requests, or the quota is used up."),
            408 or >= 500 => (RealtimeSessionFailure.Unreachable, $"{url.Host} answered {status} instead of opening a WebSocket."),
            _ => (RealtimeSessionFailure.Refused, $"{url.Host} answered {status} instead of opening a WebSocket."),
        };
        return new RealtimeSessionException(why, failure, e)
        {
            RetryAfter = RetryAfter(socket),
            ErrorType = status is 0 or 101 ? network?.ToString() ?? "handshake" : status.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary><c>Retry-After</c>, RFC 9110 section 10.2.3: seconds, or a date.</summary>
    private TimeSpan? RetryAfter(ClientWebSocket socket)
    {
        if (socket.HttpResponseHeaders?.FirstOrDefault(h => h.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault() is not { } text
            || !RetryConditionHeaderValue.TryParse(text, out var value))
        {
            return null;
        }

        var wait = value.Delta ?? value.Date - time.GetUtcNow() ?? TimeSpan.Zero;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
