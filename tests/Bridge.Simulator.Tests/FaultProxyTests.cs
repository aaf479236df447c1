using System.Net;
using System.Net.Sockets;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>Connections through the proxy: how they begin, end, and are refused.</summary>
internal sealed class FaultProxyTests
{
    private ProxyRig _rig = null!;

    [SetUp]
    public async Task SetUp() => _rig = await ProxyRig.StartAsync();

    [TearDown]
    public Task TearDown() => _rig.DisposeAsync().AsTask();

    [Test]
    public async Task Bytes_pass_both_ways_and_so_do_both_ends()
    {
        await _rig.Client.SendAsync("up"u8.ToArray());
        await _rig.Server.SendAsync("down"u8.ToArray());
        Assert.That((await ProxyRig.ReadAsync(_rig.Server, 2), await ProxyRig.ReadAsync(_rig.Client, 4)), Is.EqualTo(("up", "down")));
        Assert.That((_rig.Proxy.OpenConnections, _rig.Proxy.Accepted), Is.EqualTo((1, 1)));
        _rig.Client.Shutdown(SocketShutdown.Send);
        Assert.That(await ProxyRig.EndAsync(_rig.Server), Is.Zero);
        await _rig.Server.SendAsync("still"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Client, 5), Is.EqualTo("still"));
        _rig.Server.Shutdown(SocketShutdown.Send);
        Assert.That(await ProxyRig.EndAsync(_rig.Client), Is.Zero);
        await _rig.Proxy.WaitUntilAsync(proxy => proxy.OpenConnections == 0, ModelClient.Limit());
        Assert.That((_rig.Proxy.Up.Bytes, _rig.Proxy.Down.Bytes, _rig.Proxy.Accepted), Is.EqualTo((2, 9, 1)));
    }

    [Test]
    public async Task A_whole_session_passes_through()
    {
        await using var model = await FakeRealtimeServer.StartAsync();
        await using var proxy = await FaultProxy.StartAsync(model.Url.Port);
        using var socket = await FaultClient.DialAsync(proxy.Url(model.Url));
        Assert.That((await socket.ReceiveAsync(new byte[4096], ModelClient.Limit())).EndOfMessage);
        proxy.ResetAll();
        await model.WaitUntilAsync(server => server.OpenSockets == 0, ModelClient.Limit());
    }

    [Test]
    public async Task A_reset_of_one_end_resets_the_other()
    {
        _rig.Client.LingerState = new LingerOption(true, 0);
        _rig.Client.Dispose();
        Assert.That(await ProxyRig.FailureAsync(_rig.Server), Is.EqualTo(SocketError.ConnectionReset));
    }

    [Test]
    public async Task New_connections_can_be_refused_for_a_while()
    {
        _rig.Proxy.StopListening();
        Assert.That(_rig.ConnectAsync, Throws.InstanceOf<SocketException>().With.Property("SocketErrorCode").EqualTo(SocketError.ConnectionRefused));
        await _rig.Client.SendAsync("up"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Server, 2), Is.EqualTo("up"));
        _rig.Proxy.Listen();
        var (next, nextServer) = await _rig.ConnectAsync();
        next.Dispose();
        nextServer.Dispose();
        Assert.That(_rig.Proxy.Accepted, Is.EqualTo(2));
    }

    [Test]
    public async Task A_server_that_is_not_there_is_felt_as_a_reset_and_nothing_is_left_when_the_proxy_goes()
    {
        _rig.StopServer();
        using var lost = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.That(
            async () =>
            {
                await lost.ConnectAsync(IPAddress.Loopback, _rig.Proxy.Port, ModelClient.Limit());
                await ProxyRig.EndAsync(lost);
            },
            Throws.InstanceOf<SocketException>().With.Property("SocketErrorCode").EqualTo(SocketError.ConnectionReset));
        await _rig.Proxy.DisposeAsync();
        Assert.That(await ProxyRig.FailureAsync(_rig.Client), Is.EqualTo(SocketError.ConnectionReset));
        Assert.That(_rig.Proxy.OpenConnections, Is.Zero);
    }
}
