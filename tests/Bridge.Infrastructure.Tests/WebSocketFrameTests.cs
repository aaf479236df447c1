using System.Net.WebSockets;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>What is read beside messages: pings, the close and how it was said, the loss of the connection, and frames that break the rules.</summary>
public sealed class WebSocketFrameTests : IDisposable
{
    private readonly SocketPair _sockets = new();
    private readonly TestReader _reader;

    public WebSocketFrameTests() => _reader = new TestReader(_sockets);

    [Test]
    public async Task A_close_is_a_close()
    {
        await _sockets.FarSendsAsync("last words");
        await _sockets.FarClosesAsync();

        Assert.That(await _reader.TextAsync(), Is.EqualTo("last words"));
        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
    }

    [Test]
    public async Task A_close_in_the_middle_of_a_message_is_a_close()
    {
        await _sockets.FarSendsAsync("I am about to", end: false);
        await _sockets.FarClosesAsync();

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
    }

    [Test]
    public async Task A_connection_that_breaks_is_lost_and_stays_lost()
    {
        var reading = _reader.ReadAsync();
        _sockets.Break();

        Assert.That((await reading).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
    }

    [Test]
    public async Task A_socket_that_was_disposed_is_lost()
    {
        _sockets.Near.Dispose();

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
    }

    [Test]
    public async Task Text_that_is_not_UTF8_is_a_violation_and_not_thrown()
    {
        await _sockets.Far.SendAsync(new byte[] { 0xC3, 0x28 }, WebSocketMessageType.Text, true, CancellationToken.None);

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
    }

    [TestCaseSource(typeof(BrokenFrames), nameof(BrokenFrames.All))]
    public async Task Frames_that_break_RFC_6455_are_a_violation(byte[] frames)
    {
        await _sockets.FarSendsRawAsync(frames);

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
    }

    [TestCaseSource(typeof(BrokenFrames), nameof(BrokenFrames.OfAServer))]
    public async Task So_are_a_servers(byte[] frames)
    {
        using var sockets = new SocketPair(isClient: true);
        var reader = new TestReader(sockets, isClient: true);
        await sockets.FarSendsRawAsync(frames);

        Assert.That((await reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
        Assert.That(reader.Fault, Is.EqualTo(WebSocketCloseStatus.ProtocolError));
    }

    [Test]
    public async Task A_ping_is_answered_even_within_a_message_and_a_pong_is_nothing()
    {
        await _sockets.FarSendsAsync("one, ", end: false);
        await _sockets.FarSendsRawAsync([0x8A, 0x80, 1, 2, 3, 4]);
        await _sockets.FarSendsRawAsync([0x89, 0x83, 0, 0, 0, 0, (byte)'h', (byte)'e', (byte)'y']);
        await _sockets.FarSendsAsync("two");

        Assert.That(await _reader.TextAsync(), Is.EqualTo("one, two"));
        Assert.That(await _sockets.FarGotRawAsync(5), Is.EqualTo(new byte[] { 0x8A, 3, (byte)'h', (byte)'e', (byte)'y' }));
    }

    [Test]
    public async Task How_the_far_end_closed_is_known()
    {
        await _sockets.FarClosesAsync(WebSocketCloseStatus.EndpointUnavailable);
        await _reader.ReadAsync();

        Assert.That(_reader.FarClose, Is.EqualTo(new CloseFrame(1001, "bye")));
    }

    [Test]
    public async Task A_close_without_a_status_is_1005()
    {
        await _sockets.FarSendsRawAsync([0x88, 0x80, 0, 0, 0, 0]);

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
        Assert.That(_reader.FarClose, Is.EqualTo(new CloseFrame(1005, "")));
    }

    [TestCase(1012)]
    [TestCase(1014)]
    [TestCase(4001)]
    public async Task A_status_that_was_registered_later_or_is_anothers_is_a_status(int status)
    {
        await _sockets.FarSendsRawAsync([0x88, 0x82, 0, 0, 0, 0, (byte)(status >> 8), (byte)status]);

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
        Assert.That(_reader.FarClose!.Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Words_of_a_close_that_are_no_text_are_a_violation()
    {
        await _sockets.FarSendsRawAsync([0x88, 0x84, 0, 0, 0, 0, 0x03, 0xE8, 0xC3, 0x28]);

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
        Assert.That(_reader.Fault, Is.EqualTo(WebSocketCloseStatus.InvalidPayloadData));
    }

    public void Dispose() => _sockets.Dispose();
}
