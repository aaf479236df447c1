using System.Net.Sockets;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>What can be wrong with one direction of a connection.</summary>
internal sealed class ToxicTests
{
    private ProxyRig _rig = null!;

    [SetUp]
    public async Task SetUp() => _rig = await ProxyRig.StartAsync();

    [TearDown]
    public Task TearDown() => _rig.DisposeAsync().AsTask();

    [Test]
    public async Task Latency_delays_each_byte_and_only_in_its_direction()
    {
        _rig.Proxy.Down.Add(Toxic.Latency(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50)));
        await _rig.Server.SendAsync("slow"u8.ToArray());
        await _rig.Client.SendAsync("quick"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Server, 5), Is.EqualTo("quick"));
        var (text, passed) = await _rig.ReadInTimeAsync(4);
        Assert.That(text, Is.EqualTo("slow"));
        Assert.That(passed, Is.GreaterThanOrEqualTo(50));
    }

    [Test]
    public async Task A_black_hole_swallows_data_and_can_be_taken_away()
    {
        var hole = Toxic.Timeout();
        _rig.Proxy.Up.Add(hole);
        await _rig.Client.SendAsync("lost"u8.ToArray());
        await _rig.Server.SendAsync("x"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Client, 1), Is.EqualTo("x"), "the other direction lives");
        await _rig.Proxy.WaitUntilAsync(proxy => proxy.Up.Swallowed == 4, ModelClient.Limit());
        _rig.Proxy.Up.Remove(hole);
        await _rig.Client.SendAsync("found"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Server, 5), Is.EqualTo("found"));
    }

    [Test]
    public async Task A_black_hole_can_close_the_connection_after_its_time()
    {
        _rig.Proxy.Up.Add(Toxic.Timeout(TimeSpan.FromSeconds(2)));
        await _rig.Client.SendAsync("lost"u8.ToArray());
        var end = ProxyRig.EndAsync(_rig.Server);
        Assert.That(await _rig.PassUntilAsync(end), Is.GreaterThanOrEqualTo(2000));
        Assert.That(await end, Is.Zero);
    }

    [Test]
    public async Task A_peer_is_reset_at_both_ends_after_a_time_unless_it_is_cleared()
    {
        _rig.Proxy.Down.Add(Toxic.ResetPeer(TimeSpan.FromSeconds(1)));
        _rig.Proxy.Clear();
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));
        _rig.Proxy.Down.Add(Toxic.ResetPeer(TimeSpan.FromSeconds(3)));
        var (client, server) = (ProxyRig.FailureAsync(_rig.Client), ProxyRig.FailureAsync(_rig.Server));
        Assert.That(await _rig.PassUntilAsync(client), Is.GreaterThanOrEqualTo(3000));
        Assert.That((await client, await server), Is.EqualTo((SocketError.ConnectionReset, SocketError.ConnectionReset)));
        var (next, nextServer) = await _rig.ConnectAsync();
        using (next)
        using (nextServer)
            Assert.That(await _rig.PassUntilAsync(ProxyRig.FailureAsync(next)), Is.GreaterThanOrEqualTo(3000), "counted from its own beginning");
    }

    [Test]
    public async Task A_slow_close_delays_the_end_and_not_the_data()
    {
        _rig.Proxy.Up.Add(Toxic.SlowClose(TimeSpan.FromSeconds(2)));
        await _rig.Client.SendAsync("last"u8.ToArray());
        _rig.Client.Shutdown(SocketShutdown.Send);
        Assert.That(await ProxyRig.ReadAsync(_rig.Server, 4), Is.EqualTo("last"));
        Assert.That(await _rig.PassUntilAsync(ProxyRig.EndAsync(_rig.Server)), Is.GreaterThanOrEqualTo(2000));
    }

    [Test]
    public async Task A_slicer_cuts_data_into_slices_with_pauses_between()
    {
        _rig.Proxy.Down.Add(Toxic.Slicer(2, TimeSpan.FromMilliseconds(100)));
        await _rig.Server.SendAsync("abcdef"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Client, 2), Is.EqualTo("ab"));
        Assert.That(_rig.Client.Available, Is.Zero);
        var (rest, passed) = await _rig.ReadInTimeAsync(4);
        Assert.That(rest, Is.EqualTo("cdef"));
        Assert.That(passed, Is.GreaterThanOrEqualTo(200));
    }

    [Test]
    public void A_sender_of_too_much_feels_a_small_bandwidth()
    {
        _rig.Proxy.Up.Add(Toxic.Bandwidth(1000));
        _rig.Client.SendTimeout = 300;
        var sent = 0;
        Assert.That(
            () =>
            {
                while (sent < 10_000_000)
                    sent += _rig.Client.Send(new byte[500]);
            },
            Throws.InstanceOf<SocketException>());
        Assert.That(sent, Is.LessThan(100_000));
    }

    [Test]
    public async Task Bytes_pass_as_slowly_as_the_bandwidth_allows()
    {
        var clock = new HastyClock();
        await using var model = await FakeRealtimeServer.StartAsync();
        await using var proxy = await FaultProxy.StartAsync(model.Url.Port, clock);
        proxy.Up.Add(Toxic.Bandwidth(1000));
        using var socket = await FaultClient.DialAsync(proxy.Url(model.Url));
        Assert.That(proxy.Up.Bytes, Is.GreaterThan(100));
        Assert.That(clock.Waits.Sum(wait => wait.TotalSeconds), Is.EqualTo(proxy.Up.Bytes / 1000.0).Within(0.051), "the last piece is waited for when it has passed");
        Assert.That(clock.Waits.Max(), Is.LessThanOrEqualTo(TimeSpan.FromMilliseconds(50)), "evenly");
    }

    [Test]
    public async Task After_so_many_bytes_the_connection_is_closed_at_both_ends()
    {
        _rig.Proxy.Down.Add(Toxic.LimitData(5));
        await _rig.Server.SendAsync("abcdefgh"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Client, 5), Is.EqualTo("abcde"));
        Assert.That(await ProxyRig.EndAsync(_rig.Client), Is.Zero);
        await _rig.Proxy.WaitUntilAsync(proxy => proxy.OpenConnections == 0, ModelClient.Limit());
    }

    [Test]
    public async Task One_direction_can_end_while_the_other_goes_on()
    {
        _rig.Proxy.Down.Add(Toxic.HalfClose());
        Assert.That(await ProxyRig.EndAsync(_rig.Client), Is.Zero);
        await _rig.Server.SendAsync("lost"u8.ToArray());
        await _rig.Client.SendAsync("up"u8.ToArray());
        Assert.That(await ProxyRig.ReadAsync(_rig.Server, 2), Is.EqualTo("up"));
        Assert.That(_rig.Proxy.OpenConnections, Is.EqualTo(1));
    }
}
