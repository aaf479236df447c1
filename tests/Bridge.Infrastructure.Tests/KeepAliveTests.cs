using Bridge.Application.Bridging;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>A far end that is gone without a word is found, and one that is only quiet is not.</summary>
public sealed class KeepAliveTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly byte[] Ping = [0x89, 0];

    private readonly FakeTimeProvider _time = new();
    private readonly SocketPair _sockets = new();
    private readonly TimerWheel _wheel;
    private readonly TextSocket _socket;
    private readonly KeepAlive _keepAlive;

    public KeepAliveTests()
    {
        _wheel = new TimerWheel(_time);
        _socket = new TextSocket(_sockets.Near, isClient: false, new TextLimits(64, 1000, TimeSpan.FromSeconds(10)), TimeSpan.FromSeconds(1), _time);
        _keepAlive = new KeepAlive(_socket, _wheel, Interval);
    }

    [Test]
    public async Task A_far_end_that_answers_no_ping_is_lost_and_has_broken_no_rule()
    {
        var reading = ReadAsync();
        _time.Advance(Interval);
        Assert.That(await _sockets.FarGotRawAsync(2), Is.EqualTo(Ping));
        Assert.That(reading.IsCompleted, Is.False);
        _time.Advance(Interval);

        Assert.That((await reading).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
    }

    [Test]
    public async Task One_that_answers_is_asked_again_for_ever()
    {
        var reading = ReadAsync();
        for (var time = 0; time < 10; time++)
        {
            _time.Advance(Interval);
            Assert.That(await _sockets.FarGotRawAsync(2), Is.EqualTo(Ping));
            await _sockets.FarSendsRawAsync([0x8A, 0x80, 0, 0, 0, 0]);
            await _sockets.FarHasBeenReadAsync();
            _time.Advance(Interval);
        }

        Assert.That(reading.IsCompleted, Is.False);
    }

    [Test]
    public async Task One_that_speaks_is_not_asked()
    {
        var reading = ReadAsync();
        for (var time = 0; time < 10; time++)
        {
            await _sockets.FarSendsAsync("x");
            await reading;
            reading = ReadAsync();
            _time.Advance(Interval);
        }

        await IsNotAskedAsync();
    }

    [Test]
    public async Task Silence_is_not_the_far_ends_while_nobody_reads()
    {
        for (var time = 0; time < 10; time++)
            _time.Advance(Interval);
        await IsNotAskedAsync();
        await _sockets.FarSendsAsync("still here");

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Text));
    }

    public void Dispose()
    {
        _keepAlive.Dispose();
        _wheel.Dispose();
        _sockets.Dispose();
    }

    /// <summary>The first that the far end gets is a message. As bytes: its own WebSocket would answer a ping and say nothing.</summary>
    private async Task IsNotAskedAsync()
    {
        await _socket.SendAsync(new OneText("x"));
        Assert.That(await _sockets.FarGotRawAsync(3), Is.EqualTo(new byte[] { 0x81, 1, (byte)'x' }));
    }

    private Task<WebSocketMessage> ReadAsync() => _socket.ReadAsync().AsTask().WaitAsync(SocketPair.Patience);
}
