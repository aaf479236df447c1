using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Bridge.Infrastructure.Tests;

/// <summary>A server on this machine, over real TCP, that does with each connection what a test says.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="each">What is done with each connection.</param>
    /// <param name="receiveBuffer">In bytes, of each of them; 0: the system's.</param>
    public LoopbackServer(Func<LoopbackServer, NetworkStream, Task> each, int receiveBuffer = 0)
    {
        if (receiveBuffer > 0)
            _listener.Server.ReceiveBufferSize = receiveBuffer;
        _listener.Start();
        _ = AcceptAsync(each);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections came.</summary>
    public int Connections { get; private set; }

    /// <summary>What the last client asked, up to the empty line.</summary>
    public string Request { get; private set; } = "";

    /// <summary>Completes when the first client has said something.</summary>
    public Task Asked => _asked.Task.WaitAsync(SocketPair.Patience);

    /// <summary>Completes when the first client's connection is over.</summary>
    public Task Left => _left.Task;

    /// <summary>A port at which nobody listens.</summary>
    public static int ClosedPort()
    {
        using var server = new LoopbackServer((_, _) => Task.CompletedTask);
        return server.Port;
    }

    /// <summary>Answers whatever is asked with this.</summary>
    public static LoopbackServer ThatSays(string answer) => new(async (server, stream) =>
    {
        await server.ReadRequestAsync(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
    });

    /// <summary>Says nothing, and waits until the client goes away.</summary>
    public static LoopbackServer ThatHangs() => new((server, stream) => server.ReadToEndAsync(stream));

    /// <summary>Resets the connection as soon as the client has said something.</summary>
    public static LoopbackServer ThatResets() => new(async (_, stream) =>
    {
        await stream.ReadAtLeastAsync(new byte[1], 1);
        stream.Socket.Close(0);
    });

    /// <summary>Opens a WebSocket, and then does this.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 wants SHA-1.")]
    public static LoopbackServer ThatOpens(Func<WebSocket, Task> then) => new(async (server, stream) =>
    {
        await server.ReadRequestAsync(stream);
        var key = server.Request.Split("\r\n").Single(l => l.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))[18..].Trim();
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        await then(socket);
    });

    /// <summary>Speaks TLS, with a certificate that nobody vouches for.</summary>
    public static LoopbackServer ThatVouchesForItself() => new(async (_, stream) =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(certificate);
        await tls.ReadAtLeastAsync(new byte[1], 1);
    });

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(Func<LoopbackServer, NetworkStream, Task> each)
    {
        while (true)
        {
            NetworkStream stream;
            try
            {
                stream = new NetworkStream(await _listener.AcceptSocketAsync(), ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            Connections++;
            _ = ServeAsync(stream, each);
        }
    }

    private async Task ServeAsync(NetworkStream stream, Func<LoopbackServer, NetworkStream, Task> each)
    {
        try
        {
            await using (stream)
                await each(this, stream);
        }
        catch (Exception)
        {
            // The client broke off; that is its affair, and the test's.
        }

        _left.TrySetResult();
    }

    private async Task ReadRequestAsync(NetworkStream stream)
    {
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
            request.Append((char)one[0]);
        Request = request.ToString();
        _asked.TrySetResult();
    }

    private async Task ReadToEndAsync(NetworkStream stream)
    {
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer) > 0)
            _asked.TrySetResult();
    }
}
