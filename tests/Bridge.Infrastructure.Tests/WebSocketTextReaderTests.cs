using System.Net.WebSockets;
using Bridge.Infrastructure.Tests.Fuzz;
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
        _reader = Reader(_sockets);
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

    [TestCase(0, false)]
    [TestCase(10, false)]
    [TestCase(11, true)]
    public async Task A_message_that_comes_in_pieces_must_end_within_ten_seconds_of_its_first(int seconds, bool tooSlow)
    {
        var reading = ReadAsync();
        await FarSendsAndIsReadAsync("x", end: false);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await _sockets.FarSendsAsync("x", end: false);
        await _sockets.FarSendsAsync("x");

        Assert.That((await reading).Kind, Is.EqualTo(tooSlow ? WebSocketMessageKind.TooSlow : WebSocketMessageKind.Text));
    }

    [Test]
    public async Task A_frame_that_drips_in_is_a_message_that_comes_in_pieces()
    {
        var reading = ReadAsync();
        await _sockets.FarSendsRawAsync([0x81]);
        await _sockets.FarHasBeenReadAsync();
        _time.Advance(TimeSpan.FromSeconds(11));
        await _sockets.FarSendsRawAsync([0x81, 0, 0, 0, 0]);

        Assert.That((await reading).Kind, Is.EqualTo(WebSocketMessageKind.TooSlow));
    }

    [Test]
    public async Task A_ping_that_came_in_pieces_long_ago_makes_no_message_slow()
    {
        var reading = TextAsync();
        await _sockets.FarSendsRawAsync([0x89, 0x80]);
        await _sockets.FarHasBeenReadAsync();
        await _sockets.FarSendsRawAsync([0, 0, 0, 0]);
        await _sockets.FarHasBeenReadAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await FarSendsAndIsReadAsync("x", end: false);
        await _sockets.FarSendsAsync("x");

        Assert.That(await reading, Is.EqualTo("xx"));
    }

    [Test]
    public async Task Each_message_has_its_own_ten_seconds()
    {
        for (var message = 0; message < 3; message++)
        {
            var reading = TextAsync();
            await FarSendsAndIsReadAsync("x", end: false);
            _time.Advance(TimeSpan.FromSeconds(9));
            await _sockets.FarSendsAsync("x");
            Assert.That(await reading, Is.EqualTo("xx"));
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

    [TestCaseSource(typeof(BrokenFrames), nameof(BrokenFrames.OfAServer))]
    public async Task So_are_a_servers(byte[] frames)
    {
        using var sockets = new SocketPair(isClient: true);
        var reader = Reader(sockets, isClient: true);
        await sockets.FarSendsRawAsync(frames);

        Assert.That((await reader.ReadAsync().AsTask().WaitAsync(SocketPair.Patience)).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
        Assert.That(reader.Fault, Is.EqualTo(WebSocketCloseStatus.ProtocolError));
    }

    [Test]
    public async Task Messages_that_are_cut_anywhere_by_the_network_come_whole()
    {
        var messages = Enumerable.Range(0, 60).Select(n => new string((char)('a' + (n % 26)), n * 7 % 300)).ToList();
        foreach (var message in messages.Take(30))
            await _sockets.FarSendsAsync(message);
        var bytes = await _sockets.TakeWhatFarSentAsync();
        var reading = Task.Run(async () =>
        {
            var read = new List<string>();
            while (read.Count < 30)
                read.Add(await TextAsync());
            return read;
        });
        foreach (var one in bytes)
            await _sockets.FarSendsRawAsync([one]);

        Assert.That(await reading, Is.EqualTo(messages.Take(30)));
    }

    [Test]
    public async Task Messages_of_any_size_in_any_pieces_come_whole([Range(0, 19)] int seed, [Values] bool farIsClient)
    {
        var random = new Random(seed);
        // Runs of small ones, in which the large buffer goes back, between those that need it.
        var sizes = Enumerable.Range(0, 300).Select(n => random.Next((n / 12 % 2) == 0 ? 300 : 40_000)).ToList();
        var far = new FuzzSocket(random, farIsClient) { IsTextOnly = true };
        foreach (var size in sizes)
            far.Brings(Enumerable.Repeat((byte)('a' + (size % 26)), size).ToArray());
        var reader = new WebSocketTextReader(far, new WebSocketTextWriter(far, !farIsClient), !farIsClient, new TextLimits(1024, 50_000, TimeSpan.FromSeconds(10)), _time);

        foreach (var size in sizes)
        {
            var message = await reader.ReadAsync();
            Assert.That((message.Kind, message.Data.Length), Is.EqualTo((WebSocketMessageKind.Text, size)));
            Assert.That(message.Data.Span.IndexOfAnyExcept((byte)('a' + (size % 26))), Is.Negative);
        }

        Assert.That((await reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
    }

    [Test]
    public async Task A_ping_is_answered_even_within_a_message_and_a_pong_is_nothing()
    {
        await _sockets.FarSendsAsync("one, ", end: false);
        await _sockets.FarSendsRawAsync([0x8A, 0x80, 1, 2, 3, 4]);
        await _sockets.FarSendsRawAsync([0x89, 0x83, 0, 0, 0, 0, (byte)'h', (byte)'e', (byte)'y']);
        await _sockets.FarSendsAsync("two");

        Assert.That(await TextAsync(), Is.EqualTo("one, two"));
        Assert.That(await _sockets.FarGotRawAsync(5), Is.EqualTo(new byte[] { 0x8A, 3, (byte)'h', (byte)'e', (byte)'y' }));
    }

    [Test]
    public async Task How_the_far_end_closed_is_known()
    {
        await _sockets.FarClosesAsync(WebSocketCloseStatus.EndpointUnavailable);
        await ReadAsync();

        Assert.That(_reader.FarClose, Is.EqualTo(new CloseFrame(1001, "bye")));
    }

    [Test]
    public async Task A_close_without_a_status_is_1005()
    {
        await _sockets.FarSendsRawAsync([0x88, 0x80, 0, 0, 0, 0]);

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
        Assert.That(_reader.FarClose, Is.EqualTo(new CloseFrame(1005, "")));
    }

    [TestCase(1012)]
    [TestCase(1014)]
    [TestCase(4001)]
    public async Task A_status_that_was_registered_later_or_is_anothers_is_a_status(int status)
    {
        await _sockets.FarSendsRawAsync([0x88, 0x82, 0, 0, 0, 0, (byte)(status >> 8), (byte)status]);

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
        Assert.That(_reader.FarClose!.Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Words_of_a_close_that_are_no_text_are_a_violation()
    {
        await _sockets.FarSendsRawAsync([0x88, 0x84, 0, 0, 0, 0, 0x03, 0xE8, 0xC3, 0x28]);

        Assert.That((await ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Violation));
        Assert.That(_reader.Fault, Is.EqualTo(WebSocketCloseStatus.InvalidPayloadData));
    }

    [Test]
    public void The_large_buffer_goes_back_after_a_few_messages_that_did_not_need_it_and_another_is_taken_when_one_does()
    {
        const int Usual = 256;
        var buffer = new ReceiveBuffer(Usual, 10_000);
        Message(buffer, 5_000);
        Assert.That(buffer.Free(1).Length, Is.GreaterThan(Usual));
        // All of these came at once, so the last of them stands far behind.
        buffer.Received(Math.Min(buffer.Free(2_000).Length, 2_000));
        for (var message = 0; message < 10; message++)
        {
            buffer.Join(2, 198);
            buffer.Release();
        }

        Assert.That(buffer.Free(1).Length, Is.EqualTo(Usual));
        Message(buffer, 5_000);
    }

    [Test]
    public async Task A_far_end_that_says_much_will_come_is_given_no_memory_for_it()
    {
        var (buffer, before) = (new ReceiveBuffer(Initial, 1 << 30), GC.GetAllocatedBytesForCurrentThread());
        for (var received = 0; received < 1000; received += 10)
        {
            Assert.That(buffer.Free(1 << 29).IsEmpty, Is.False);
            buffer.Received(Math.Min(10, buffer.Free(1 << 29).Length));
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100_000));
        await Task.CompletedTask;
    }

    private static WebSocketTextReader Reader(SocketPair sockets, FakeTimeProvider time, bool isClient) =>
        new(sockets.Near, new WebSocketTextWriter(sockets.Near, isClient), isClient, new TextLimits(Initial, Max, TimeSpan.FromSeconds(10)), time);

    private WebSocketTextReader Reader(SocketPair sockets, bool isClient = false) => Reader(sockets, _time, isClient);

    private static void Message(ReceiveBuffer buffer, int length)
    {
        for (var received = 0; received < length;)
        {
            var more = Math.Min(buffer.Free(length).Length, length - received);
            buffer.Received(more);
            received += more;
        }

        buffer.Join(10, length - 10);
        buffer.Release();
    }

    private async Task FarSendsAndIsReadAsync(string text, bool end)
    {
        await _sockets.FarSendsAsync(text, end);
        await _sockets.FarHasBeenReadAsync();
    }

    private Task<WebSocketMessage> ReadAsync() => _reader.ReadAsync().AsTask().WaitAsync(SocketPair.Patience);

    private async Task<string> TextAsync()
    {
        var message = await ReadAsync();
        Assert.That(message.Kind, Is.EqualTo(WebSocketMessageKind.Text));
        return Wire.Text(message.Data.Span);
    }
}
