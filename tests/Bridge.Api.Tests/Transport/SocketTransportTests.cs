using System.Net;
using System.Net.Sockets;
using Bridge.Api.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Tests.Transport;

/// <summary>What our transport does for HTTP is what the web server's own does.</summary>
[CancelAfter(60_000)]
public sealed class SocketTransportTests
{
    [Test]
    public async Task A_long_body_comes_and_goes_whole_and_the_connection_takes_another(CancellationToken cancel)
    {
        var body = new byte[3_000_000];
        new Random(1).NextBytes(body);
        await using var host = await TransportHost.StartAsync(context => context.Request.Body.CopyToAsync(context.Response.Body, cancel));
        using var http = new HttpClient();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{host.Port}/"), new ByteArrayContent(body), cancel);
            Assert.That((await answer.Content.ReadAsByteArrayAsync(cancel)).AsSpan().SequenceEqual(body));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_far_end_that_goes_aborts_its_request(bool byReset, CancellationToken cancel)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await TransportHost.StartAsync(async context =>
        {
            using var registration = context.RequestAborted.Register(aborted.SetResult);
            begun.SetResult();
            await aborted.Task.WaitAsync(cancel);
        });
        using var far = await host.ConnectAsync();
        await far.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), cancel);
        await begun.Task.WaitAsync(cancel);
        if (byReset)
            far.Close(0);
        else
            far.Shutdown(SocketShutdown.Send);

        await aborted.Task.WaitAsync(cancel);
    }

    [Test]
    public async Task A_server_that_aborts_a_connection_resets_it(CancellationToken cancel)
    {
        await using var host = await TransportHost.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var far = await host.ConnectAsync();
        await far.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), cancel);

        await Assert.ThatAsync(() => far.ReceiveAsync(new byte[1], cancel).AsTask(), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public async Task A_far_end_that_reads_slowly_holds_up_only_its_own_answer(CancellationToken cancel)
    {
        var written = 0L;
        await using var host = await TransportHost.StartAsync(async context =>
        {
            for (var i = 0; i < 1000; i++, Interlocked.Add(ref written, 64 * 1024))
                await context.Response.Body.WriteAsync(new byte[64 * 1024], cancel);
        });
        using var far = await host.ConnectAsync(receiveBuffer: 4096);
        await far.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), cancel);
        using var other = await host.ConnectAsync();
        await other.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), cancel);
        Assert.That(await ReadToEndAsync(other, cancel), Is.GreaterThan(64_000_000));
        Assert.That(Interlocked.Read(ref written), Is.LessThan(80_000_000), "the slow one waits");

        Assert.That(await ReadToEndAsync(far, cancel), Is.GreaterThan(64_000_000));
    }

    [Test]
    public async Task A_socket_of_the_file_system_can_be_listened_at(CancellationToken cancel)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var host = await TransportHost.StartAsync(context => context.Response.WriteAsync("here", cancel), unixPath: path);
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await far.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
        await using var stream = new NetworkStream(far);
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), cancel);

        Assert.That(await new StreamReader(stream).ReadToEndAsync(cancel), Does.Contain("here"));
    }

    [Test]
    public async Task An_address_that_is_taken_is_said_to_be(CancellationToken cancel)
    {
        var transport = Transport();
        await using var first = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), cancel);

        await Assert.ThatAsync(() => transport.BindAsync(first.EndPoint, cancel).AsTask(), Throws.InstanceOf<AddressInUseException>());
    }

    [Test]
    public async Task Who_waits_for_a_connection_when_it_is_unbound_gets_none(CancellationToken cancel)
    {
        await using var listener = await Transport().BindAsync(new IPEndPoint(IPAddress.Loopback, 0), cancel);
        var accepting = listener.AcceptAsync(cancel).AsTask();
        Assert.That(accepting.IsCompleted, Is.False);
        await listener.UnbindAsync(cancel);

        Assert.That(await accepting.WaitAsync(cancel), Is.Null);
    }

    [Test]
    public async Task A_connection_that_is_gone_before_it_is_let_in_keeps_nobody_out(CancellationToken cancel)
    {
        await using var listener = await Transport().BindAsync(new IPEndPoint(IPAddress.Loopback, 0), cancel);
        for (var i = 0; i < 20; i++)
        {
            using var gone = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await gone.ConnectAsync(listener.EndPoint, cancel);
            gone.Close(0);
        }

        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(listener.EndPoint, cancel);
        ConnectionContext? near;
        do
            near = await listener.AcceptAsync(cancel);
        while (!Equals(near!.RemoteEndPoint, far.LocalEndPoint));
        Assert.That(near.LocalEndPoint, Is.EqualTo(listener.EndPoint));
    }

    [Test]
    public async Task The_bridge_takes_the_socket_of_a_media_stream(CancellationToken cancel)
    {
        var streams = new List<HttpContext>();
        await using var bridge = await BridgeHost.StartEchoAsync(customize: builder => builder.Services.AddSingleton<IStartupFilter>(new Watching(streams)));
        await using var caller = await bridge.CallAsync();
        await caller.StepAsync(10, cancel);

        var takeover = streams.Single().Features.Get<ISocketTakeover>();
        Assert.That(takeover, Is.Not.Null, "the transport is ours");
        Assert.That(await takeover!.TakeOverAsync(), Is.Null, "it is taken already");
        await caller.HangUpAsync(cancel);
    }

    private static SocketTransport Transport()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        return new SocketTransport(Options.Create(new SocketTransportOptions()), builder.Services.BuildServiceProvider().GetRequiredService<IMemoryPoolFactory<byte>>());
    }

    private static async Task<long> ReadToEndAsync(Socket socket, CancellationToken cancel)
    {
        var (buffer, all) = (new byte[256 * 1024], 0L);
        for (int read; (read = await socket.ReceiveAsync(buffer, cancel)) > 0;)
            all += read;
        return all;
    }

    private sealed class Watching(List<HttpContext> streams) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, following) =>
            {
                if (context.Request.Path.StartsWithSegments("/media-stream"))
                    streams.Add(context);
                await following(context);
            });
            next(app);
        };
    }
}
