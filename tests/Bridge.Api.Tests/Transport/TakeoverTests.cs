using System.Net.Sockets;
using System.Text;
using Bridge.Api.Transport;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Api.Tests.Transport;

/// <summary>A socket that is taken from the web server: no byte is lost on the way, none is sent twice, and both can still end it.</summary>
[CancelAfter(60_000)]
public sealed class TakeoverTests
{
    private readonly TaskCompletionSource<Stream?> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpContext _context = null!;
    private TransportHost? _host;

    [TearDown]
    public async Task EndAsync()
    {
        _over.TrySetResult();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [TestCase(1)]
    [TestCase(5_000)]
    [TestCase(1_000_000)]
    public async Task What_came_with_the_request_is_read_first_and_all_of_it_once(int bytes, CancellationToken cancel)
    {
        var host = _host = await TransportHost.StartAsync(TakeAsync);
        var sent = Some(bytes);
        using var far = new NetworkStream(await host.ConnectAsync(), ownsSocket: true);
        var sending = Task.Run(() => far.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(TransportHost.Upgrade), .. sent], cancel).AsTask(), cancel);

        var read = new byte[bytes];
        await (await TakenAsync(cancel)).ReadExactlyAsync(read, cancel);
        await sending;
        Assert.That(read, Is.EqualTo(sent));
    }

    [Test]
    public async Task What_comes_in_the_very_moment_is_not_lost([Range(0, 300, 3)] int microseconds, CancellationToken cancel)
    {
        var host = _host = await TransportHost.StartAsync(TakeAsync);
        using var far = new NetworkStream(await host.ConnectAsync(), ownsSocket: true);
        var sent = Some(200);
        await far.WriteAsync(Encoding.ASCII.GetBytes(TransportHost.Upgrade), cancel);
        for (var at = 0; at < sent.Length; at++)
        {
            await far.WriteAsync(sent.AsMemory(at, 1), cancel);
            if (at % 8 == 0)
                Thread.SpinWait(microseconds * 10);
        }

        var read = new byte[sent.Length];
        await (await TakenAsync(cancel)).ReadExactlyAsync(read, cancel);
        Assert.That(read, Is.EqualTo(sent));
    }

    [Test]
    public async Task All_that_was_written_before_is_sent_before_the_socket_is_given(CancellationToken cancel)
    {
        // As much as the web server takes without waiting; far more than a far end that does not read lets through.
        var before = Some(60_000);
        var host = _host = await TransportHost.StartAsync(
            async context =>
            {
                context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.SendBufferSize = 4096;
                await using var upgraded = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
                await upgraded.WriteAsync(before, cancel);
                await TakeAsync(context, cancel);
            });
        using var far = new NetworkStream(await host.ConnectAsync(receiveBuffer: 2048), ownsSocket: true);
        await far.WriteAsync(Encoding.ASCII.GetBytes(TransportHost.Upgrade), cancel);
        await TransportHost.ReadHeadAsync(far, cancel);
        await far.ReadExactlyAsync(new byte[1], cancel);
        Assert.That(_taken.Task.IsCompleted, Is.False, "it is not sent yet");

        var read = new byte[before.Length - 1];
        await far.ReadExactlyAsync(read, cancel);
        Assert.That(read, Is.EqualTo(before[1..]));
        await (await TakenAsync(cancel)).WriteAsync("and this"u8.ToArray(), cancel);
        await far.ReadExactlyAsync(read.AsMemory(0, 8), cancel);
        Assert.That(Encoding.ASCII.GetString(read.AsSpan(0, 8)), Is.EqualTo("and this"));
    }

    [Test]
    public async Task The_far_ends_end_is_the_end_of_what_is_read(CancellationToken cancel)
    {
        var host = _host = await TransportHost.StartAsync(TakeAsync);
        using var far = await host.UpgradeAsync("last", cancel);
        var stream = await TakenAsync(cancel);
        far.Socket.Shutdown(SocketShutdown.Send);

        Assert.That(await new StreamReader(stream).ReadToEndAsync(cancel), Is.EqualTo("last"));
        await stream.WriteAsync("still heard"u8.ToArray(), cancel);
        await far.ReadExactlyAsync(new byte[11], cancel);
    }

    [Test]
    public async Task Who_aborts_the_request_ends_a_read_that_waits(CancellationToken cancel)
    {
        var host = _host = await TransportHost.StartAsync(TakeAsync);
        using var far = await host.UpgradeAsync(cancel: cancel);
        var reading = (await TakenAsync(cancel)).ReadAsync(new byte[1], cancel).AsTask();
        var aborted = new TaskCompletionSource();
        using var registration = _context.RequestAborted.Register(aborted.SetResult);
        _context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();

        await Assert.ThatAsync(() => reading, Throws.InstanceOf<IOException>());
        await aborted.Task.WaitAsync(cancel);
        await Assert.ThatAsync(() => far.ReadAsync(new byte[1], cancel).AsTask(), Throws.InstanceOf<IOException>(), "a reset is no end");
    }

    [Test]
    public async Task A_server_that_stops_for_good_ends_a_read_that_waits(CancellationToken cancel)
    {
        var host = _host = await TransportHost.StartAsync(TakeAsync);
        using var far = await host.UpgradeAsync(cancel: cancel);
        var reading = (await TakenAsync(cancel)).ReadAsync(new byte[1], cancel).AsTask();
        var stopping = host.StopAsync(cancel);

        await Assert.ThatAsync(() => reading, Throws.InstanceOf<IOException>());
        _over.SetResult();
        await stopping;
    }

    [Test]
    public async Task When_it_is_disposed_the_far_end_gets_what_was_sent_and_then_the_end_though_it_said_more_than_was_read(CancellationToken cancel)
    {
        var host = _host = await TransportHost.StartAsync(TakeAsync);
        using var far = await host.UpgradeAsync("nobody reads this", cancel);
        var stream = await TakenAsync(cancel);
        await far.WriteAsync("nor this"u8.ToArray(), cancel);
        await stream.ReadExactlyAsync(new byte[18], cancel);
        await stream.WriteAsync("goodbye"u8.ToArray(), cancel);
        await stream.DisposeAsync();

        Assert.That(await new StreamReader(far).ReadToEndAsync(cancel), Is.EqualTo("goodbye"));
    }

    [Test]
    public async Task With_TLS_in_the_server_there_is_nothing_to_take_and_the_connection_is_as_it_was(CancellationToken cancel)
    {
        var host = _host = await TransportHost.StartAsync(
            async context =>
            {
                await using var upgraded = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
                await TakeAsync(context, cancel);
                var text = new byte[4];
                await upgraded.ReadExactlyAsync(text, cancel);
                await upgraded.WriteAsync(text, cancel);
            },
            TransportHost.Tls);
        await using var far = await TransportHost.TlsAsync(await host.ConnectAsync(), cancel);
        await far.WriteAsync(Encoding.ASCII.GetBytes(TransportHost.Upgrade), cancel);
        await TransportHost.ReadHeadAsync(far, cancel);
        _over.SetResult();
        Assert.That(await _taken.Task.WaitAsync(cancel), Is.Null);

        await far.WriteAsync("echo"u8.ToArray(), cancel);
        Assert.That(await new StreamReader(far).ReadToEndAsync(cancel), Is.EqualTo("echo"));
    }

    [Test]
    public async Task Two_thousand_at_once_are_all_taken_and_all_answer(CancellationToken cancel)
    {
        const int Connections = 2_000;
        var taken = 0;
        var host = _host = await TransportHost.StartAsync(
            async context =>
            {
                await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
                await using var stream = await context.Features.GetRequiredFeature<ISocketTakeover>().TakeOverAsync();
                Assert.That(stream, Is.Not.Null);
                Interlocked.Increment(ref taken);
                var buffer = new byte[64];
                int read;
                while ((read = await stream!.ReadAsync(buffer, cancel)) > 0)
                    await stream.WriteAsync(buffer.AsMemory(0, read), cancel);
            });
        var far = new List<NetworkStream>();
        for (var i = 0; i < Connections; i++)
            far.Add(await host.UpgradeAsync(cancel: cancel));
        await Task.WhenAll(far.Select(async (stream, i) =>
        {
            for (var round = 0; round < 3; round++)
            {
                var said = BitConverter.GetBytes((i * 10) + round);
                await stream.WriteAsync(said, cancel);
                var heard = new byte[said.Length];
                await stream.ReadExactlyAsync(heard, cancel);
                Assert.That(heard, Is.EqualTo(said));
            }

            stream.Socket.Shutdown(SocketShutdown.Send);
            Assert.That(await stream.ReadAsync(new byte[1], cancel), Is.Zero);
            await stream.DisposeAsync();
        }));
        Assert.That(taken, Is.EqualTo(Connections));
    }

    private static byte[] Some(int bytes)
    {
        var some = new byte[bytes];
        new Random(bytes).NextBytes(some);
        return some;
    }

    private async Task TakeAsync(HttpContext context)
    {
        await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        await TakeAsync(context, CancellationToken.None);
    }

    /// <summary>Takes the socket, and has the request go on until the test is over.</summary>
    private async Task TakeAsync(HttpContext context, CancellationToken cancel)
    {
        _context = context;
        _taken.SetResult(await context.Features.GetRequiredFeature<ISocketTakeover>().TakeOverAsync());
        await _over.Task.WaitAsync(cancel);
    }

    private async Task<Stream> TakenAsync(CancellationToken cancel) => await _taken.Task.WaitAsync(cancel) ?? throw new AssertionException("The socket was not given.");
}
