using System.Net.WebSockets;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>One reader at a time, and an end within a bounded time, whatever the far end does.</summary>
public sealed class WebSocketCloserTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _time = new();
    private SocketPair _sockets = null!;
    private WebSocketTextReader _reader = null!;
    private WebSocketTextWriter _writer = null!;
    private WebSocketCloser _closer = null!;
    private bool _isAborted;

    [SetUp]
    public void SetUp() => Connect(room: 1 << 20);

    [TearDown]
    public void TearDown() => _sockets.Dispose();

    [Test]
    public async Task A_close_that_is_answered_is_closed_and_later_sends_do_nothing()
    {
        var closing = CloseAsync(WebSocketCloseStatus.PolicyViolation);
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That((_sockets.Far.CloseStatus, closing.IsCompleted), Is.EqualTo(((WebSocketCloseStatus?)WebSocketCloseStatus.PolicyViolation, false)));
        await _sockets.FarClosesAsync();
        await closing.WaitAsync(SocketPair.Patience);

        Assert.That(_isAborted, Is.False);
        await SendAsync("too late").WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_close_the_far_end_began_is_answered()
    {
        await _sockets.FarClosesAsync();
        using (_closer.BeginReading(CancellationToken.None))
            await _reader.ReadAsync();
        await CloseAsync().WaitAsync(SocketPair.Patience);

        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That(_isAborted, Is.False);
    }

    [Test]
    public async Task A_close_the_far_end_began_unseen_is_answered_too()
    {
        await _sockets.FarSendsAsync("last words nobody reads");
        await _sockets.FarClosesAsync();
        await CloseAsync().WaitAsync(SocketPair.Patience);

        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That(_isAborted, Is.False);
    }

    [Test]
    public async Task A_close_that_is_not_answered_is_an_abort_at_the_bound_and_ends_a_pending_read()
    {
        var reading = ReadToTheEndAsync();
        var closing = CloseAsync();
        _time.Advance(Bound - TimeSpan.FromMilliseconds(1));
        Assert.That(closing.IsCompleted, Is.False);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(closing, reading).WaitAsync(SocketPair.Patience);
        Assert.That((_isAborted, (await reading).Last), Is.EqualTo((true, WebSocketMessageKind.Lost)));
    }

    [Test]
    public async Task A_close_that_is_not_answered_is_an_abort_at_the_bound_also_when_nobody_reads()
    {
        var closing = CloseAsync();
        await _sockets.FarSendsAsync("I go on talking");
        _time.Advance(Bound);

        await closing.WaitAsync(SocketPair.Patience);
        Assert.That(_isAborted, Is.True);
    }

    [Test]
    public async Task A_reader_that_is_held_up_does_not_keep_a_close_longer_than_its_bound()
    {
        using var reading = _closer.BeginReading(CancellationToken.None);
        var closing = CloseAsync();
        await _sockets.FarClosesAsync();
        Assert.That(closing.IsCompleted, Is.False, "whoever reads has not seen the answer");
        _time.Advance(Bound);

        await closing.WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_send_that_is_stuck_does_not_keep_a_close_longer_than_its_bound()
    {
        Connect(room: 64);
        var stuck = SendAsync(new string('x', 1000));
        var closing = CloseAsync();
        _time.Advance(Bound);

        await Task.WhenAll(closing, stuck).WaitAsync(SocketPair.Patience);
        Assert.That(_isAborted, Is.True);
    }

    [Test]
    public async Task A_send_under_way_goes_out_whole_before_the_close()
    {
        Connect(room: 64);
        var sending = SendAsync(new string('x', 1000));
        var closing = CloseAsync();
        Assert.That((sending.IsCompleted, closing.IsCompleted), Is.EqualTo((false, false)));

        Assert.That(await _sockets.FarReceivesAsync(), Is.EqualTo(new string('x', 1000)));
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        await _sockets.FarClosesAsync();
        await Task.WhenAll(closing, sending).WaitAsync(SocketPair.Patience);
        Assert.That(_isAborted, Is.False);
    }

    [Test]
    public async Task A_socket_that_is_gone_is_closed_at_once()
    {
        _sockets.Near.Dispose();

        await CloseAsync().WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_connection_that_broke_is_closed_at_once()
    {
        _sockets.Break();

        await CloseAsync().WaitAsync(SocketPair.Patience);
    }

    [Test]
    public void Nobody_begins_to_read_what_is_being_closed()
    {
        _ = CloseAsync();

        Assert.That(_closer.BeginReading(CancellationToken.None), Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_far_end_that_goes_on_streaming_is_read_in_whole_messages_until_it_answers(bool somebodyReads)
    {
        var message = new string('x', 3000);
        var reading = somebodyReads ? ReadToTheEndAsync() : Task.FromResult((Torn: 0, Read: 0, Last: WebSocketMessageKind.Closed));
        var streaming = _sockets.FarStreamsUntilClosedAsync(message, stopAfterClose: 200);
        await _sockets.FarSentAsync(100);
        await CloseAsync().WaitAsync(SocketPair.Patience);
        await streaming;

        var (torn, read, last) = await reading.WaitAsync(SocketPair.Patience);
        Assert.That((torn, last, _isAborted), Is.EqualTo((0, WebSocketMessageKind.Closed, false)));
        Assert.That(read, somebodyReads ? Is.GreaterThanOrEqualTo(300) : Is.Zero);
    }

    [Test]
    public async Task A_read_whose_token_is_cancelled_ends_with_the_connection()
    {
        using var cancel = new CancellationTokenSource();
        using var begun = _closer.BeginReading(cancel.Token);
        var reading = _reader.ReadAsync().AsTask();
        await cancel.CancelAsync();

        Assert.That((await reading.WaitAsync(SocketPair.Patience)).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
        Assert.That(_isAborted, Is.True);
    }

    [Test]
    public async Task A_token_that_is_cancelled_when_nobody_reads_any_more_aborts_nothing()
    {
        using var cancel = new CancellationTokenSource();
        _closer.BeginReading(cancel.Token)!.Dispose();
        await cancel.CancelAsync();

        Assert.That(_isAborted, Is.False);
    }

    [Test]
    public async Task Frames_that_break_RFC_6455_are_answered_as_it_says_and_what_follows_them_is_read_away()
    {
        await _sockets.FarSendsRawAsync([0x83, 0x80, 0, 0, 0, 0, .. new byte[100_000]]);
        var closing = CloseAsync(WebSocketCloseStatus.PolicyViolation);
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That(_sockets.Far.CloseStatus, Is.EqualTo(WebSocketCloseStatus.PolicyViolation), "nobody had read them yet");
        await _sockets.FarHasBeenReadAsync();
        _sockets.Break();

        await closing.WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_flood_that_is_held_up_does_not_keep_a_close_longer_than_its_bound()
    {
        var heldUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reader = new WebSocketTextReader(_sockets.Near, _writer, isClient: false, new TextLimits(60_000, 60_000, TimeSpan.FromSeconds(10)), _time, new FramePace(100, () => heldUp.TrySetResult()));
        _closer = new WebSocketCloser(_reader, _writer, Abort, Bound, _time);
        byte[] pong = [0x8A, 0x80, 0, 0, 0, 0];
        await _sockets.FarSendsRawAsync([.. Enumerable.Repeat(pong, 9_000).SelectMany(frame => frame)]);
        var reading = ReadToTheEndAsync();
        await heldUp.Task.WaitAsync(SocketPair.Patience);
        var closing = CloseAsync();
        _time.Advance(Bound);

        await Task.WhenAll(closing, reading).WaitAsync(SocketPair.Patience);
    }

    private void Abort()
    {
        _isAborted = true;
        _writer.Abort();
        _sockets.Near.Dispose();
    }

    private async Task<(int Torn, int Read, WebSocketMessageKind Last)> ReadToTheEndAsync()
    {
        using var reading = _closer.BeginReading(CancellationToken.None);
        for (var (torn, read) = (0, 0); ; read++)
        {
            var message = await _reader.ReadAsync();
            if (message.Kind != WebSocketMessageKind.Text)
                return (torn, read, message.Kind);
            torn += message.Data.Length == 3000 && message.Data.Span.IndexOfAnyExcept((byte)'x') < 0 ? 0 : 1;
        }
    }

    private void Connect(int room)
    {
        _sockets?.Dispose();
        _sockets = new SocketPair(room);
        _isAborted = false;
        _writer = new WebSocketTextWriter(_sockets.Near, isClient: false);
        _reader = new WebSocketTextReader(_sockets.Near, _writer, isClient: false, new TextLimits(16, 8192, TimeSpan.FromSeconds(10)), _time);
        _closer = new WebSocketCloser(_reader, _writer, Abort, Bound, _time);
    }

    private Task CloseAsync(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure) => _closer.CloseAsync(status);

    private Task SendAsync(string text) => _writer.SendAsync(new OneText(text)).AsTask();
}
