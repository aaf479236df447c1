using System.Net.WebSockets;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

public sealed class WebSocketTextReaderTests
{
    private const int Initial = 16;
    private const int Max = 1000;

    private readonly FakeTimeProvider _time = new();
    private SocketPair _sockets = null!;
    private WebSocketTextReader _reader = null!;

    [SetUp]
    public void SetUp()
    {
        _sockets = new SocketPair();
        _reader = new WebSocketTextReader(_sockets.Near, Initial, Max, _time, TimeSpan.FromSeconds(10));
    }

    [TearDown]
    public void TearDown() => _sockets.Dispose();

    [Test]
    public async Task Messages_come_one_by_one()
    {
        await _sockets.FarSendsAsync("one");
        await _sockets.FarSendsAsync("two");

        Assert.That(new[] { await TextAsync(), await TextAsync() }, Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public async Task Fragments_are_joined()
    {
        await _sockets.FarSendsAsync("one, ", end: false);
        await _sockets.FarSendsAsync("two, ", end: false);
        await _sockets.FarSendsAsync("", end: false);
        await _sockets.FarSendsAsync("three", end: true);

        Assert.That(await TextAsync(), Is.EqualTo("one, two, three"));
    }

    [Test]
    public async Task A_message_without_a_word_is_a_message()
    {
        await _sockets.FarSendsAsync("");

        Assert.That(await TextAsync(), Is.Empty);
    }

    [TestCase(Initial - 1)]
    [TestCase(Initial)]
    [TestCase(Initial + 1)]
    [TestCase(Initial * 10)]
    [TestCase(Max)]
    public async Task The_buffer_grows_to_what_a_message_needs(int length)
    {
        var message = new string('x', length);
        await _sockets.FarSendsAsync(message);
        await _sockets.FarSendsAsync("after it");

        Assert.That(await TextAsync(), Is.EqualTo(message));
        Assert.That(await TextAsync(), Is.EqualTo("after it"));
    }

    [TestCase(Max + 1)]
    [TestCase(Max * 20)]
    public async Task A_message_above_the_limit_is_too_large(int length)
    {
        await _sockets.FarSendsAsync(new string('x', length));

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.TooLarge));
    }

    [Test]
    public async Task The_limit_counts_all_fragments()
    {
        for (var i = 0; i <= Max / 100; i++)
            await _sockets.FarSendsAsync(new string('x', 100), end: false);

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.TooLarge));
    }

    [TestCase(1, false)]
    [TestCase(10, false)]
    [TestCase(11, true)]
    public async Task A_message_that_comes_in_pieces_must_end_within_ten_seconds_of_its_first(int seconds, bool tooSlow)
    {
        // The clock is read for the first piece when it has come, and goes on by a second each time.
        _time.AutoAdvanceAmount = TimeSpan.FromSeconds(1);
        for (var i = 0; i < seconds; i++)
            await _sockets.FarSendsAsync("x", end: false);
        await _sockets.FarSendsAsync("x");

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(tooSlow ? WebSocketMessageKind.TooSlow : WebSocketMessageKind.Text));
    }

    [Test]
    public async Task Each_message_has_its_own_ten_seconds()
    {
        _time.AutoAdvanceAmount = TimeSpan.FromSeconds(1);
        for (var message = 0; message < 3; message++)
        {
            for (var i = 0; i < 9; i++)
                await _sockets.FarSendsAsync("x", end: false);
            await _sockets.FarSendsAsync("x");
            Assert.That(await TextAsync(), Is.EqualTo("xxxxxxxxxx"));
        }
    }

    [Test]
    public async Task A_long_wait_for_a_message_is_no_slow_message()
    {
        var reading = ReadAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await _sockets.FarSendsAsync("x", end: false);
        await _sockets.FarSendsAsync("x");

        Assert.That((await reading).Kind, Is.EqualTo(WebSocketMessageKind.Text));
    }

    [Test]
    public async Task A_binary_message_is_named_as_such_and_what_follows_is_read()
    {
        await _sockets.Far.SendAsync(new byte[100], WebSocketMessageType.Binary, true, CancellationToken.None);
        await _sockets.FarSendsAsync("after it");

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Binary));
        Assert.That(await TextAsync(), Is.EqualTo("after it"));
    }

    [Test]
    public async Task A_close_is_a_close()
    {
        await _sockets.FarSendsAsync("last words");
        await _sockets.FarClosesAsync();

        Assert.That(await TextAsync(), Is.EqualTo("last words"));
        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
    }

    [Test]
    public async Task A_close_in_the_middle_of_a_message_is_a_close()
    {
        await _sockets.FarSendsAsync("I am about to", end: false);
        await _sockets.FarClosesAsync();

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
    }

    [Test]
    public async Task A_connection_that_breaks_is_lost_and_stays_lost()
    {
        var reading = ReadAsync();
        _sockets.Break();

        Assert.That((await reading).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
    }

    [Test]
    public async Task A_read_that_is_cancelled_is_lost()
    {
        using var cancel = new CancellationTokenSource();
        var reading = _reader.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();

        Assert.That((await reading.WaitAsync(SocketPair.Patience)).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
    }

    [Test]
    public async Task A_socket_that_was_disposed_is_lost()
    {
        _sockets.Near.Dispose();

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
    }

    [Test]
    public async Task Text_that_is_not_UTF8_is_a_violation_and_not_thrown()
    {
        await _sockets.Far.SendAsync(new byte[] { 0xC3, 0x28 }, WebSocketMessageType.Text, true, CancellationToken.None);

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
    }

    [TestCaseSource(typeof(BrokenFrames), nameof(BrokenFrames.All))]
    public async Task Frames_that_break_RFC_6455_are_a_violation(byte[] frames)
    {
        await _sockets.FarSendsRawAsync(frames);

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
    }

    [Test]
    public async Task A_far_end_that_answers_no_ping_is_lost_and_has_broken_no_rule()
    {
        using var sockets = new SocketPair(keepAlive: TimeSpan.FromMilliseconds(20));
        var reader = new WebSocketTextReader(sockets.Near, Initial, Max, _time, TimeSpan.FromSeconds(10));

        Assert.That((await reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(SocketPair.Patience)).Kind, Is.EqualTo(WebSocketMessageKind.Lost));
    }

    private Task<WebSocketMessage> ReadAsync() => _reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(SocketPair.Patience);

    private async Task<string> TextAsync()
    {
        var message = await ReadAsync();
        Assert.That(message.Kind, Is.EqualTo(WebSocketMessageKind.Text));
        return Wire.Text(message.Data.Span);
    }
}
