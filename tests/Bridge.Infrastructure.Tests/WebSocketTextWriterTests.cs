using System.Net.WebSockets;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <param name="isClient">Whether we are the client, who masks.</param>
[TestFixture(true), TestFixture(false)]
public sealed class WebSocketTextWriterTests(bool isClient)
{
    private SocketPair _sockets = null!;
    private WebSocketTextWriter _writer = null!;

    [SetUp]
    public void SetUp() => Connect(room: 1 << 20);

    [TearDown]
    public void TearDown() => _sockets.Dispose();

    [Test]
    public async Task A_message_is_sent_whole_however_small_the_buffer_was()
    {
        await SendAsync("short");
        await SendAsync(new string('x', 5000));
        await SendAsync("short again");

        Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo("short"));
        Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo(new string('x', 5000)));
        Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo("short again"));
    }

    [Test]
    public void A_send_the_socket_takes_at_once_is_done_at_once() => Assert.That(SendAsync("x").IsCompletedSuccessfully, Is.True);

    [Test]
    public async Task Sends_from_many_sides_never_interleave_and_none_is_lost()
    {
        Connect(room: 64);
        const int Senders = 8;
        const int Each = 50;
        var sending = Enumerable.Range(0, Senders)
            .Select(sender => Task.Run(async () =>
            {
                for (var i = 0; i < Each; i++)
                    await SendAsync(new string((char)('a' + sender), 1 + (i * 37 % 300)));
            }))
            .ToList();

        var received = new int[Senders];
        for (var i = 0; i < Senders * Each; i++)
        {
            var message = await _sockets.FarReceivesAsync();
            Assert.That(message!.Distinct().Count(), Is.EqualTo(1), message);
            var sender = message![0] - 'a';
            Assert.That(message, Has.Length.EqualTo(1 + (received[sender]++ * 37 % 300)), "each sender's own order");
        }

        await Task.WhenAll(sending).WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_send_to_a_socket_that_was_aborted_returns_and_sends_nothing()
    {
        _writer.Abort();

        await SendAsync("x").WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_send_to_a_socket_that_was_disposed_returns()
    {
        _sockets.Near.Dispose();

        await SendAsync("x").WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_send_over_a_broken_connection_returns_and_so_does_the_next()
    {
        _sockets.Break();

        await SendAsync("x").WaitAsync(SocketPair.Patience);
        await SendAsync("y").WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task Sends_that_wait_when_the_connection_breaks_return()
    {
        Connect(room: 64);
        var stuck = SendAsync(new string('x', 1000));
        var behind = SendAsync("y");
        Assert.That((stuck.IsCompleted, behind.IsCompleted), Is.EqualTo((false, false)));
        _sockets.Near.Dispose();

        await Task.WhenAll(stuck, behind).WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task Bytes_that_are_borrowed_are_written_down_before_the_send_is_waited_for()
    {
        Connect(room: 64);
        var stuck = SendAsync(new string('x', 1000));
        var borrowed = "borrowed"u8.ToArray();
        var behind = _writer.SendAsync(new BytesMessage(borrowed)).AsTask();
        borrowed.AsSpan().Fill((byte)'!');

        Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo(new string('x', 1000)));
        Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo("borrowed"));
        await Task.WhenAll(stuck, behind).WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_close_frame_goes_out_after_the_send_under_way_and_nothing_after_it()
    {
        Connect(room: 64);
        var stuck = SendAsync(new string('x', 1000));
        var closing = _writer.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, CancellationToken.None);
        var late = SendAsync("too late");

        Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo(new string('x', 1000)));
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        await Task.WhenAll(stuck, closing, late).WaitAsync(SocketPair.Patience);
    }

    private void Connect(int room)
    {
        _sockets?.Dispose();
        _sockets = new SocketPair(room, isClient);
        _writer = new WebSocketTextWriter(_sockets.Near, isClient);
    }

    private Task SendAsync(string text) => _writer.SendAsync(new OneText(text)).AsTask();

    private readonly struct BytesMessage(ReadOnlyMemory<byte> bytes) : IWireMessage
    {
        public int MaxBytes => bytes.Length;

        public int Write(Span<byte> utf8)
        {
            bytes.Span.CopyTo(utf8);
            return bytes.Length;
        }
    }
}
