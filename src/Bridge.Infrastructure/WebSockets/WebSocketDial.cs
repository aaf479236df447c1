using System.Net;
using System.Net.Sockets;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// The HTTP below one dial of a WebSocket. Its connection goes when the dial is given up: a shared handler would let a handshake go on
/// for seconds, and keep what comes of it. No redirects: the caller's audio goes to the endpoint that was configured, and nowhere else.
/// </summary>
internal sealed class WebSocketDial : DelegatingHandler
{
    private DialStream? _socket;
    private SocketStream? _stream;
    private HandshakeStream? _handshake;

    /// <param name="useProxy">Whether a proxy that the environment names is used.</param>
    /// <param name="sendBuffer">The kernel's, in bytes; 0 leaves it to the system.</param>
    /// <param name="givenUp">Cancelled when the dial is given up.</param>
    public WebSocketDial(bool useProxy, int sendBuffer, CancellationToken givenUp)
        : base(new SocketsHttpHandler())
    {
        var http = (SocketsHttpHandler)InnerHandler!;
        http.AllowAutoRedirect = false;
        http.UseProxy = useProxy;
        http.ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (sendBuffer > 0)
                socket.SendBufferSize = sendBuffer;
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                // What follows is the beginning of TLS: not on the thread that waits for sockets.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                givenUp.Register(socket.Dispose);
                return _socket = new DialStream(_stream = new SocketStream(socket));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        // Within TLS, if there is any. A proxy is asked for a tunnel first, and what comes through it then is asked for the WebSocket.
        http.PlaintextStreamFilter = (context, _) => ValueTask.FromResult(
            context.InitialRequestMessage.Method == HttpMethod.Connect ? context.PlaintextStream : _handshake = new HandshakeStream(context.PlaintextStream));
    }

    /// <summary>The connection, once the far end has upgraded it.</summary>
    public Stream? Connection { get; private set; }

    /// <summary>Resets the connection: what is pending on it ends, and nothing of it is kept.</summary>
    public void Abort() => _stream?.Abort();

    /// <summary>The session is set up: what comes now is read on the threads that carry frames.</summary>
    public void SetUpIsOver() => _socket?.IsSetUp = true;

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols || _handshake?.Take() is not { } connection)
            return response;
        // HTTP closes its side of it, and gives back what it holds.
        response.Content.Dispose();
        response.Content = new Upgraded(Connection = connection);
        return response;
    }

    /// <summary>What a WebSocket takes its connection out of.</summary>
    private sealed class Upgraded(Stream connection) : HttpContent
    {
        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => connection;

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(connection);

        /// <summary>Disposed when the WebSocket refuses the answer; else the connection is the WebSocket's.</summary>
        protected override void Dispose(bool disposing)
        {
            if (disposing)
                connection.Dispose();
            base.Dispose(disposing);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
