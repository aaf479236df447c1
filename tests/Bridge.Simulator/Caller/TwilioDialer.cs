using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Bridge.Simulator.Caller;

/// <summary>The bridge answered the stream's handshake with something other than 101 (Twilio's error 31920).</summary>
public sealed class StreamRefusedException(int status, Exception inner)
    : Exception($"31920: the stream's handshake was answered with {status}.", inner)
{
    public int Status => status;
}

/// <summary>The socket's handshake, with the headers Twilio was seen to send.</summary>
internal sealed class TwilioDialer(FakeCallerOptions options, TimeProvider clock)
{
    /// <summary>Opens the stream: the path of the TwiML, the host of the webhook.</summary>
    public async Task<(TextSocket Socket, TwilioConnection Connection)> OpenStreamAsync(TwimlAnswer twiml, CancellationToken cancellationToken)
    {
        TwilioConnection? connection = null;
        FrameStream? frames = null;
        var target = Target(twiml.StreamUrl!);
        var isTls = target.Scheme == Uri.UriSchemeWss;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, token) =>
            {
                var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await tcp.ConnectAsync(context.DnsEndPoint, token);
                }
                catch
                {
                    tcp.Dispose();
                    throw;
                }

                connection = new TwilioConnection(tcp, options.SwallowPings);
                return frames = new FrameStream(isTls ? await SecureAsync(connection, twiml.StreamUrl!.Host, token) : connection, isClient: true);
            },
        };
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.SetRequestHeader("User-Agent", "Twilio.TmeWs/1.0");
        socket.Options.SetRequestHeader("Accept-Encoding", "gzip");
        if (options.PublicUrl is { } publicUrl)
            socket.Options.SetRequestHeader("Host", publicUrl.Authority);
        if (options.AuthToken is { } authToken)
            socket.Options.SetRequestHeader(TwilioSignature.Header.ToLowerInvariant(), TwilioSignature.Sign(authToken, twiml.StreamUrlAsWritten));
        try
        {
            // The handler must live as long as the socket, which owns the connection from here on.
            await socket.ConnectAsync(new UriBuilder(target) { Scheme = Uri.UriSchemeWs, Port = target.Port }.Uri, new HttpMessageInvoker(handler, disposeHandler: false), cancellationToken);
        }
        catch (WebSocketException exception) when (socket.HttpStatusCode != 0)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new StreamRefusedException(status, exception);
        }

        frames!.Begin();
        return (new TextSocket(socket, connection!.Socket, clock, frames), connection);
    }

    // By hand, below the frames: what swallows pings and counts frames must see them as they are.
    private async Task<Stream> SecureAsync(TwilioConnection connection, string host, CancellationToken cancellationToken)
    {
        var secure = new SslStream(connection);
        try
        {
            await secure.AuthenticateAsClientAsync(TwilioTls.For(host, options.Trust), cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private Uri Target(Uri stream)
    {
        if (options.Route is { } route)
            return route(stream);
        var webhook = options.Webhook;
        return new UriBuilder(stream)
        {
            Scheme = webhook.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
            Host = webhook.Host,
            Port = webhook.Port,
        }.Uri;
    }
}
