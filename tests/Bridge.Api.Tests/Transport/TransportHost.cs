using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Bridge.Api.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bridge.Api.Tests.Transport;

/// <summary>A web server over our transport, and nothing else; the far end is a bare socket.</summary>
internal sealed class TransportHost : IAsyncDisposable
{
    public const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private readonly WebApplication _app;

    private TransportHost(RequestDelegate each, Action<ListenOptions>? listen, string? unixPath)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseSockets(sockets => (sockets.UnsafePreferInlineScheduling, sockets.Backlog) = (true, 4096)).ConfigureKestrel(kestrel =>
        {
            if (unixPath is null)
                kestrel.Listen(IPAddress.Loopback, 0, o => listen?.Invoke(o));
            else
                kestrel.ListenUnixSocket(unixPath);
        });
        builder.Services.AddSingleton<IConnectionListenerFactory, SocketTransport>().AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        _app = builder.Build();
        _app.Run(each);
    }

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<TransportHost> StartAsync(RequestDelegate each, Action<ListenOptions>? listen = null, string? unixPath = null)
    {
        var host = new TransportHost(each, listen, unixPath);
        await host._app.StartAsync();
        return host;
    }

    /// <summary>TLS in the web server, with a certificate of its own.</summary>
    public static void Tls(ListenOptions listen)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        listen.UseHttps(new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)));
    }

    public async Task<Socket> ConnectAsync(int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>A far end that has asked for an upgrade, with this behind its request, and has read the answer to its end.</summary>
    public async Task<NetworkStream> UpgradeAsync(string behind = "", CancellationToken cancel = default)
    {
        var stream = new NetworkStream(await ConnectAsync(), ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Upgrade + behind), cancel);
        await ReadHeadAsync(stream, cancel);
        return stream;
    }

    /// <summary>An answer's head, and not a byte more.</summary>
    public static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancel)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancel) > 0)
            head.Append((char)one[0]);
        return head.ToString();
    }

    public static async Task<SslStream> TlsAsync(Socket socket, CancellationToken cancel)
    {
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost" }, cancel);
        return tls;
    }

    public Task StopAsync(CancellationToken cancel) => _app.StopAsync(cancel);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
