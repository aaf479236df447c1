using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Bridge.Simulator.Faults;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bridge.Simulator.Model;

/// <summary>
/// The far end of the model's wire: a real server on the loopback interface that opens a <see cref="FakeConversation"/> for each socket.
/// </summary>
public sealed class FakeRealtimeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<ModelDial> _dials = [];
    private readonly List<FakeConversation> _conversations = [];
    private readonly Channel<FakeConversation> _next = Channel.CreateUnbounded<FakeConversation>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Waiters _waiters = new();
    private FakeModelOptions _options;
    private int _dialled;
    private int _open;
    private int _connections;
    private int _ordinal;

    private FakeRealtimeServer(FakeModelOptions options, int port, X509Certificate2? certificate)
    {
        _options = options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => Listen(listen, certificate)));
        builder.Services.Configure<SocketTransportOptions>(transport => TightSocket.Configure(transport, options.ReceiveBufferBytes));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        _app = builder.Build();
        _app.Use(FramedUpgrade.OfferAsync);
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    /// <summary>For sessions dialled from now on. Another list of <see cref="FakeModelOptions.Dials"/> begins with the next dial.</summary>
    public FakeModelOptions Options
    {
        get
        {
            lock (_gate)
                return _options;
        }

        set
        {
            lock (_gate)
            {
                _dialled = ReferenceEquals(value.Dials, _options.Dials) ? _dialled : 0;
                _options = value;
            }
        }
    }

    /// <summary>What the next dials meet, one after the other; behind the last one <see cref="FakeModelOptions.EveryDial"/> holds.</summary>
    public IReadOnlyList<DialFault> Script
    {
        get => Options.Dials;
        set => Options = Options with { Dials = [.. value] };
    }

    /// <summary>Where to dial: <c>ws://127.0.0.1:port/v1/realtime</c>, or <c>wss</c>.</summary>
    public Uri Url { get; private set; } = new("ws://127.0.0.1/");

    /// <summary>Sockets that are open now.</summary>
    public int OpenSockets => Volatile.Read(ref _open);

    /// <summary>TCP connections that are open now: those whose handshake is not answered too.</summary>
    public int OpenConnections => Volatile.Read(ref _connections);

    /// <summary>Handshakes that were delayed and completed nevertheless: the client was still there.</summary>
    public int LateHandshakes => Dials.Count(static dial => dial.Outcome == DialOutcome.OpenedLate);

    /// <summary>Handshakes that the client gave up before they were answered.</summary>
    public int GivenUp => Dials.Count(static dial => dial.Outcome == DialOutcome.GivenUp);

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
        var server = new FakeRealtimeServer(options ?? new FakeModelOptions(), port, null);
        await server._app.StartAsync(cancellationToken);
        server.Url = new UriBuilder(server._app.Urls.Single()) { Scheme = "ws", Path = Handshake.Path }.Uri;
        return server;
    }

    /// <summary>Starts behind TLS (see <see cref="SelfSigned"/>).</summary>
    public static async Task<FakeRealtimeServer> StartAsync(
        X509Certificate2 tls, FakeModelOptions? options = null, int port = 0, CancellationToken cancellationToken = default)
    {
        var server = new FakeRealtimeServer(options ?? new FakeModelOptions(), port, tls);
        await server._app.StartAsync(cancellationToken);
        server.Url = new UriBuilder(server._app.Urls.Single()) { Scheme = "wss", Path = Handshake.Path }.Uri;
        return server;
    }

    /// <summary>Waits until a condition holds; it is asked again after each dial and whenever one is answered or a connection comes or goes.</summary>
    public Task WaitUntilAsync(Func<FakeRealtimeServer, bool> condition, CancellationToken cancellationToken = default) =>
        _waiters.WaitUntilAsync(() => condition(this), cancellationToken);

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

    private void Listen(ListenOptions listen, X509Certificate2? certificate)
    {
        listen.Use(next => async connection =>
        {
            Interlocked.Increment(ref _connections);
            _waiters.Pulse();
            try
            {
                await next(connection);
            }
            finally
            {
                Interlocked.Decrement(ref _connections);
                _waiters.Pulse();
            }
        });
        if (certificate is not null)
            listen.UseHttps(certificate);
    }

    private FakeModelOptions NextOptions()
    {
        lock (_gate)
        {
            var fault = _dialled < _options.Dials.Count ? _options.Dials[_dialled] : _options.EveryDial;
            _dialled++;
            return fault?.Change(_options) ?? _options;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var options = NextOptions();
        var refusal = Handshake.Refusal(context, options);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var dial = new ModelDial(context.Request.QueryString.ToString(), headers, refusal?.Status ?? 101, options.Clock.GetTimestamp());
        lock (_gate)
            _dials.Add(dial);
        _waiters.Pulse();

        if (options.ResetHandshake)
        {
            Tell(dial, DialOutcome.Reset);
            Handshake.Reset(context);
            return;
        }

        var delay = options.HangHandshake ? Timeout.InfiniteTimeSpan : options.HandshakeDelay;
        if (delay != TimeSpan.Zero && !await Handshake.WaitAsync(context, delay, options.Clock, _stopping.Token))
        {
            Tell(dial, DialOutcome.GivenUp);
            context.Abort();
            return;
        }

        if (refusal is { } no)
        {
            Tell(dial, DialOutcome.Refused);
            await Handshake.RefuseAsync(context, options, no);
            return;
        }

        Tell(dial, delay == TimeSpan.Zero ? DialOutcome.Opened : DialOutcome.OpenedLate);
        await ConverseAsync(context, options);
    }

    private void Tell(ModelDial dial, DialOutcome outcome)
    {
        dial.Outcome = outcome;
        _waiters.Pulse();
    }

    private async Task ConverseAsync(HttpContext context, FakeModelOptions options)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(offered.Contains("realtime") ? "realtime" : null);
        var connection = Handshake.Connection(context);
        var frames = FramedUpgrade.Of(context)!;
        using var text = new TextSocket(socket, connection, options.Clock, frames.Frames);
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
            conversation = new FakeConversation(this, text, frames.Raw!, options, _conversations.Count + 1, context.Request.Query["model"].ToString());
            _conversations.Add(conversation);
        }

        conversation.Log($"opened for {conversation.Model}");
        _next.Writer.TryWrite(conversation);
        _waiters.Pulse();
        try
        {
            await conversation.RunAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            _waiters.Pulse();
        }
    }
}
