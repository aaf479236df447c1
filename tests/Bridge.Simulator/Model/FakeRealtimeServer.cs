using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections.Features;

namespace Bridge.Simulator.Model;

/// <summary>One attempt to open a session: its query, its headers, and what was answered (101 when it was let in).</summary>
public sealed record ModelDial(string Query, IReadOnlyDictionary<string, string> Headers, int Status, long At);

/// <summary>
/// The far end of the model's wire: a real server on the loopback interface that opens a <see cref="FakeConversation"/> for each socket.
/// </summary>
public sealed class FakeRealtimeServer : IAsyncDisposable
{
    private const string Path = "/v1/realtime";

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<ModelDial> _dials = [];
    private readonly List<FakeConversation> _conversations = [];
    private readonly Channel<FakeConversation> _next = Channel.CreateUnbounded<FakeConversation>();
    private readonly CancellationTokenSource _stopping = new();
    private int _open;
    private int _ordinal;

    private FakeRealtimeServer(FakeModelOptions options, int port)
    {
        Options = options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        _app = builder.Build();
        _app.Use(FramedUpgrade.OfferAsync);
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    /// <summary>For sessions dialled from now on.</summary>
    public FakeModelOptions Options { get; set; }

    /// <summary>Where to dial: <c>ws://127.0.0.1:port/v1/realtime</c>.</summary>
    public Uri Url { get; private set; } = new("ws://127.0.0.1/");

    /// <summary>Sockets that are open now.</summary>
    public int OpenSockets => Volatile.Read(ref _open);

    /// <summary>Every handshake, refused ones too.</summary>
    public IReadOnlyList<ModelDial> Dials
    {
        get
        {
            lock (_gate)
                return [.. _dials];
        }
    }

    /// <summary>Every session, closed ones too.</summary>
    public IReadOnlyList<FakeConversation> Conversations
    {
        get
        {
            lock (_gate)
                return [.. _conversations];
        }
    }

    public static async Task<FakeRealtimeServer> StartAsync(
        FakeModelOptions? options = null, int port = 0, CancellationToken cancellationToken = default)
    {
        var server = new FakeRealtimeServer(options ?? new FakeModelOptions(), port);
        await server._app.StartAsync(cancellationToken);
        server.Url = new UriBuilder(server._app.Urls.Single()) { Scheme = "ws", Path = Path }.Uri;
        return server;
    }

    /// <summary>The next session that was not asked for before, waiting for it if need be.</summary>
    public async Task<FakeConversation> NextConversationAsync(CancellationToken cancellationToken = default) =>
        await _next.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var conversation in Conversations)
            conversation.Abort();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    internal int NextOrdinal() => Interlocked.Increment(ref _ordinal);

    private async Task AnswerAsync(HttpContext context)
    {
        var options = Options;
        var refusal = Refusal(context, options);
        lock (_gate)
        {
            var request = context.Request;
            var headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            _dials.Add(new ModelDial(request.QueryString.ToString(), headers, refusal?.Status ?? 101, options.Clock.GetTimestamp()));
        }

        if (refusal is { } no)
        {
            await RefuseAsync(context, options, no.Status, no.Code, no.Message);
            return;
        }

        if (options.HangHandshake)
        {
            using var never = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
            await Task.Delay(Timeout.Infinite, never.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            context.Abort();
            return;
        }

        await ConverseAsync(context, options);
    }

    private static (int Status, string Code, string Message)? Refusal(HttpContext context, FakeModelOptions options)
    {
        var request = context.Request;
        if (options.RefuseWith is { } status)
        {
            var code = status switch { 401 => "invalid_api_key", 404 => "model_not_found", 429 => "rate_limit_exceeded", _ => "server_error" };
            return (status, code, "Refused.");
        }

        if (request.Path != Path)
            return (404, "not_found", $"Unknown path {request.Path}.");
        var key = request.Headers.Authorization.ToString();
        if (!key.StartsWith("Bearer ", StringComparison.Ordinal) || key.Trim() == "Bearer")
            return (401, "invalid_api_key", "Missing bearer authentication in header.");
        if (request.Headers.ContainsKey("OpenAI-Beta"))
            return (400, "beta_api_shape_disabled", "The beta protocol is switched off: remove the header 'OpenAI-Beta'.");
        if (request.Query.Keys.FirstOrDefault(name => name != "model") is { } unknown)
            return (400, "unknown_parameter", $"Unknown query parameter '{unknown}'.");
        if (request.Query["model"].ToString().Length == 0)
            return (400, "missing_model", "You must provide a model parameter.");
        return context.WebSockets.IsWebSocketRequest ? null : (400, "not_a_websocket", "This is a WebSocket endpoint.");
    }

    private static async Task RefuseAsync(HttpContext context, FakeModelOptions options, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (options.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var error = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["code"] = code, ["param"] = null };
        await context.Response.WriteAsync(new JsonObject { ["error"] = error }.ToJsonString());
    }

    private async Task ConverseAsync(HttpContext context, FakeModelOptions options)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(offered.Contains("realtime") ? "realtime" : null);
        var connection = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        using var text = new TextSocket(socket, connection, options.Clock, FramedUpgrade.Of(context));
        if (options.CloseAtOnceWith is { } status)
        {
            await text.CloseAsync((System.Net.WebSockets.WebSocketCloseStatus)status, "closed at once", CancellationToken.None);
            await text.ReceiveAsync(CancellationToken.None);
            return;
        }

        Interlocked.Increment(ref _open);
        FakeConversation conversation;
        lock (_gate)
        {
            conversation = new FakeConversation(this, text, options, _conversations.Count + 1, context.Request.Query["model"].ToString());
            _conversations.Add(conversation);
        }

        conversation.Log($"opened for {conversation.Model}");
        _next.Writer.TryWrite(conversation);
        try
        {
            await conversation.RunAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
