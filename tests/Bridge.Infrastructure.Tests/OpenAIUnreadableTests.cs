using System.Net.WebSockets;
using Bridge.Application.Abstractions;

namespace Bridge.Infrastructure.Tests;

/// <summary>Messages that cannot be read are skipped; too many of them in too short a time, and the session is of no use.</summary>
public sealed class OpenAIUnreadableTests
{
    private readonly OpenAITestSession _session = new();
    private IAsyncEnumerator<RealtimeEvent> _events = null!;

    [SetUp]
    public void SetUp() => _events = _session.Session.ReadEventsAsync(CancellationToken.None).GetAsyncEnumerator();

    [TearDown]
    public async Task TearDown()
    {
        await _events.DisposeAsync();
        await _session.DisposeAsync();
    }

    [Test]
    public async Task Twenty_are_skipped_and_the_next_ends_the_session()
    {
        await UnreadableAsync(20);
        await _session.Sockets.FarSendsAsync(OpenAITestSession.Malformed);

        var error = (await NextAsync()).Error!;
        Assert.That((error.Kind, error.Code), Is.EqualTo((RealtimeErrorKind.SessionOver, "malformed_messages")));
    }

    [Test]
    public async Task They_count_whatever_is_wrong_with_them()
    {
        await UnreadableAsync(18);
        await _session.Sockets.Far.SendAsync(new byte[3], WebSocketMessageType.Binary, true, CancellationToken.None);
        await _session.Sockets.FarSendsAsync("[]");
        await _session.Sockets.FarSendsAsync("""{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"!"}""");

        Assert.That((await NextAsync()).Error?.Code, Is.EqualTo("malformed_messages"));
    }

    [Test]
    public async Task Twenty_every_ten_seconds_are_skipped_for_ever()
    {
        for (var i = 0; i < 10; i++)
        {
            await UnreadableAsync(20);
            _session.Time.Advance(TimeSpan.FromSeconds(10.001));
        }
    }

    [Test]
    public async Task The_ten_seconds_begin_anew_with_each()
    {
        await UnreadableAsync(10);
        _session.Time.Advance(TimeSpan.FromSeconds(6));
        await UnreadableAsync(10);
        _session.Time.Advance(TimeSpan.FromSeconds(6));
        await UnreadableAsync(10);
        await _session.Sockets.FarSendsAsync(OpenAITestSession.Malformed);

        Assert.That((await NextAsync()).Error?.Code, Is.EqualTo("malformed_messages"));
    }

    [Test]
    public async Task A_thousand_events_that_are_not_known_here_are_no_fault()
    {
        for (var i = 0; i < 1000; i++)
            await _session.Sockets.FarSendsAsync("""{"type":"response.hologram.delta"}""");
        await UnreadableAsync(20);
    }

    [Test]
    public async Task A_message_that_drips_in_for_too_long_ends_the_session()
    {
        var next = NextAsync();
        await _session.Sockets.FarSendsAsync(" ", end: false);
        await _session.Sockets.FarHasBeenReadAsync();
        _session.Time.Advance(TimeSpan.FromSeconds(11));
        await _session.Sockets.FarSendsAsync(" ", end: false);

        var error = (await next).Error!;
        Assert.That((error.Kind, error.Code), Is.EqualTo((RealtimeErrorKind.SessionOver, "slow_message")));
    }

    /// <summary>So many in a row, and then speech, which must come through as the next event.</summary>
    private async Task UnreadableAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await _session.Sockets.FarSendsAsync(OpenAITestSession.Malformed);
        await _session.Sockets.FarSendsAsync(OpenAITestSession.Speech);
        Assert.That((await NextAsync()).Kind, Is.EqualTo(RealtimeEventKind.SpeechStarted));
    }

    private async Task<RealtimeEvent> NextAsync()
    {
        Assert.That(await _events.MoveNextAsync().AsTask().WaitAsync(SocketPair.Patience), Is.True);
        return _events.Current;
    }
}
