using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.Twilio;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>A media stream over a real WebSocket, whose far end says what Twilio says.</summary>
public sealed class TwilioMediaSocketTests
{
    private const string Start =
        """{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ0123456789abcdef0123456789abcdef","callSid":"CA0123456789abcdef0123456789abcdef","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"From":"+1"}}}""";

    private readonly FakeTimeProvider _time = new();
    private readonly TestLogger<TwilioMediaSocket> _log = new();
    private SocketPair _sockets = null!;
    private TwilioMediaSocket _stream = null!;

    [SetUp]
    public void SetUp()
    {
        _sockets = new SocketPair();
        _stream = new TwilioMediaSocket(_sockets.Near, new MediaStreamLimits(), TimeSpan.FromMilliseconds(500), _time, _log);
    }

    [TearDown]
    public void TearDown() => _sockets.Dispose();

    [Test]
    public async Task Connected_and_start_make_a_call()
    {
        await _sockets.FarSendsAsync("""{"event":"connected","protocol":"Call","version":"1.0.0"}""");
        await _sockets.FarSendsAsync(Start);
        var start = await HandshakeAsync();

        Assert.That((start.Identity.CallSid, start.Identity.StreamSid, start.AccountSid), Is.EqualTo((Wire.CallSid, Wire.StreamSid, "AC1")));
        Assert.That(start.Parameters, Is.EquivalentTo(new Dictionary<string, string> { ["From"] = "+1" }));
        Assert.That(_stream.Skips, Is.EqualTo(default(MediaStreamSkips)));
    }

    [Test]
    public async Task What_is_not_understood_before_start_is_counted_and_skipped()
    {
        await _sockets.FarSendsAsync("hello");
        await _sockets.FarSendsAsync("""{"event":"hologram"}""");
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();

        Assert.That(_stream.Skips, Is.EqualTo(new MediaStreamSkips(Unknown: 1, Malformed: 1)));
    }

    [TestCase("CA0123456789abcdef0123456789abcdef", "CA1")]
    [TestCase("MZ0123456789abcdef0123456789abcdef", "MZ\\\",\\\"x\\\":\\\"0123456789abcdef012345")]
    [TestCase("audio/x-mulaw", "audio/x-l16")]
    [TestCase("8000", "16000")]
    [TestCase("\"channels\":1", "\"channels\":2")]
    public async Task A_start_no_call_can_be_made_of_is_a_violation_and_the_close_says_so(string good, string bad)
    {
        await _sockets.FarSendsAsync(Start.Replace(good, bad));

        await Assert.ThatAsync(HandshakeAsync, Throws.TypeOf<MediaStreamException>());
        await AssertClosesAsync(WebSocketCloseStatus.PolicyViolation);
    }

    [Test]
    public async Task A_close_before_start_is_a_violation()
    {
        await _sockets.FarClosesAsync();

        await Assert.ThatAsync(HandshakeAsync, Throws.TypeOf<MediaStreamException>());
    }

    [Test]
    public async Task A_handshake_that_is_cancelled_says_so()
    {
        using var cancel = new CancellationTokenSource();
        var handshake = _stream.HandshakeAsync(cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThatAsync(() => handshake, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Events_come_in_order_and_everything_else_is_counted()
    {
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();
        await _sockets.FarSendsAsync("""{"event":"media","media":{"track":"inbound","timestamp":"102","payload":"f/9//w=="}}""");
        await _sockets.FarSendsAsync("""{"event":"dtmf","dtmf":{"digit":"1"}}""");
        await _sockets.FarSendsAsync("""{"event":"mark","mark":{"name":"responsePart"}}""");
        await _sockets.FarSendsAsync("""{"event":"media",""");
        await _sockets.FarSendsAsync("""{"event":"mark","mark":{"name":"g0m1"}}""");
        await _sockets.Far.SendAsync(new byte[10], WebSocketMessageType.Binary, true, CancellationToken.None);
        await _sockets.FarSendsAsync("""{"event":"hologram"}""");
        await _sockets.FarSendsAsync("""{"event":"stop","stop":{}}""");
        await _sockets.FarClosesAsync();

        var events = new List<string>();
        await foreach (var e in _stream.ReadEventsAsync(CancellationToken.None))
            events.Add($"{e.Kind} {e.Audio.Length} {e.TimestampMs} {e.Mark.Sequence}");
        Assert.That(events, Is.EqualTo(new[] { "Media 4 102 0", "Mark 0  1", "Stop 0  0" }));
        Assert.That(_stream.Skips, Is.EqualTo(new MediaStreamSkips(Unknown: 2, Malformed: 2)), "a mark not ours and a hologram; half a message and a binary one");
    }

    [Test]
    public async Task A_stream_that_breaks_just_ends()
    {
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();
        _sockets.Break();

        await foreach (var e in _stream.ReadEventsAsync(CancellationToken.None))
            Assert.Fail($"{e.Kind} out of nothing");
    }

    [Test]
    public async Task A_message_too_large_is_a_violation_and_the_close_says_so()
    {
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();
        await _sockets.FarSendsAsync(new string(' ', 16 * 1024 + 1));
        var events = _stream.ReadEventsAsync(CancellationToken.None).GetAsyncEnumerator();

        await Assert.ThatAsync(async () => await events.MoveNextAsync(), Throws.TypeOf<MediaStreamException>());
        await AssertClosesAsync(WebSocketCloseStatus.MessageTooBig);
    }

    [Test]
    public async Task A_message_that_drips_in_for_too_long_is_a_violation()
    {
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();
        var events = _stream.ReadEventsAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        await _sockets.FarSendsAsync(" ", end: false);
        await _sockets.FarHasBeenReadAsync();
        _time.Advance(TimeSpan.FromSeconds(6));
        await _sockets.FarSendsAsync(" ", end: false);

        await Assert.ThatAsync(() => next.WaitAsync(SocketPair.Patience), Throws.TypeOf<MediaStreamException>());
    }

    [TestCaseSource(typeof(BrokenFrames), nameof(BrokenFrames.All))]
    public async Task Frames_that_break_RFC_6455_are_a_violation(byte[] frames)
    {
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();
        await _sockets.FarSendsRawAsync(frames);
        var events = _stream.ReadEventsAsync(CancellationToken.None).GetAsyncEnumerator();

        await Assert.ThatAsync(() => events.MoveNextAsync().AsTask().WaitAsync(SocketPair.Patience), Throws.TypeOf<MediaStreamException>());
        await events.DisposeAsync();
        var closing = _stream.CloseAsync();
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That(_sockets.Far.CloseStatus, Is.EqualTo(WebSocketCloseStatus.ProtocolError));
        // What follows broken frames is no answer; the connection is ended when the time for one is over.
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await closing.WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_handshake_that_is_closed_ends_and_says_that_there_was_no_start()
    {
        var handshake = _stream.HandshakeAsync(CancellationToken.None);
        await AssertClosesAsync(WebSocketCloseStatus.NormalClosure);

        await Assert.ThatAsync(() => handshake.WaitAsync(SocketPair.Patience), Throws.TypeOf<MediaStreamException>());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_stream_that_goes_on_while_it_is_closed_brings_whole_messages_and_none_malformed(bool readOn)
    {
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();
        var payload = Convert.ToBase64String(new byte[160]);
        var streaming = _sockets.FarStreamsUntilClosedAsync($$$"""{"event":"media","media":{"track":"inbound","timestamp":"102","payload":"{{{payload}}}"}}""", stopAfterClose: 200);
        var lengths = new List<int>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(async () =>
        {
            await foreach (var e in _stream.ReadEventsAsync(CancellationToken.None))
            {
                lengths.Add(e.Audio.Length);
                begun.TrySetResult();
                if (!readOn && lengths.Count == 50)
                    break;
            }
        });
        await Task.WhenAll(_sockets.FarSentAsync(100), begun.Task).WaitAsync(SocketPair.Patience);
        if (!readOn)
            await reading.WaitAsync(SocketPair.Patience);
        await _stream.CloseAsync().WaitAsync(SocketPair.Patience);
        await Task.WhenAll(streaming, reading).WaitAsync(SocketPair.Patience);

        Assert.That(lengths, Has.All.EqualTo(160));
        Assert.That(lengths, Has.Count.GreaterThanOrEqualTo(readOn ? 300 : 50));
        Assert.That((_stream.Skips, _sockets.Far.State), Is.EqualTo((default(MediaStreamSkips), WebSocketState.Closed)));
    }

    [Test]
    public async Task What_is_sent_names_the_stream()
    {
        await _sockets.FarSendsAsync(Start);
        await HandshakeAsync();
        await _stream.SendMediaAsync(new byte[] { 0x7F }, default, CancellationToken.None);
        await _stream.SendMarkAsync(new Mark(0, 1), CancellationToken.None);
        await _stream.SendClearAsync(CancellationToken.None);

        Assert.That(
            new[] { await _sockets.FarReceivesAsync(), await _sockets.FarReceivesAsync(), await _sockets.FarReceivesAsync() },
            Has.All.Contains($"\"streamSid\":\"{Wire.StreamSid}\""));
    }

    [Test]
    public void Nothing_may_be_sent_before_start() =>
        Assert.That(() => _stream.SendClearAsync(CancellationToken.None).AsTask(), Throws.InvalidOperationException);

    private Task<MediaStreamStart> HandshakeAsync() => _stream.HandshakeAsync(CancellationToken.None).WaitAsync(SocketPair.Patience);

    private async Task AssertClosesAsync(WebSocketCloseStatus status)
    {
        var closing = _stream.CloseAsync();
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That(_sockets.Far.CloseStatus, Is.EqualTo(status));
        await _sockets.FarClosesAsync();
        await closing.WaitAsync(SocketPair.Patience);
    }
}
