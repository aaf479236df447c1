using System.Net.WebSockets;
using Bridge.Infrastructure.Tests.Fuzz;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>Messages come whole, within their limits, however they were cut.</summary>
public sealed class WebSocketTextReaderTests : IDisposable
{
    private const int Initial = TestReader.Initial;
    private const int Max = TestReader.Max;

    private readonly SocketPair _sockets = new();
    private readonly TestReader _reader;

    public WebSocketTextReaderTests() => _reader = new TestReader(_sockets);

    [Test]
    public async Task Messages_come_one_by_one()
    {
        await _sockets.FarSendsAsync("one");
        await _sockets.FarSendsAsync("two");

        Assert.That(new[] { await _reader.TextAsync(), await _reader.TextAsync() }, Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public async Task Fragments_are_joined()
    {
        await _sockets.FarSendsAsync("one, ", end: false);
        await _sockets.FarSendsAsync("two, ", end: false);
        await _sockets.FarSendsAsync("", end: false);
        await _sockets.FarSendsAsync("three", end: true);

        Assert.That(await _reader.TextAsync(), Is.EqualTo("one, two, three"));
    }

    [Test]
    public async Task A_message_without_a_word_is_a_message()
    {
        await _sockets.FarSendsAsync("");

        Assert.That(await _reader.TextAsync(), Is.Empty);
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

        Assert.That(await _reader.TextAsync(), Is.EqualTo(message));
        Assert.That(await _reader.TextAsync(), Is.EqualTo("after it"));
    }

    [TestCase(Max + 1)]
    [TestCase(Max * 20)]
    public async Task A_message_above_the_limit_is_too_large(int length)
    {
        await _sockets.FarSendsAsync(new string('x', length));

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.TooLarge));
    }

    [Test]
    public async Task The_limit_counts_all_fragments()
    {
        for (var i = 0; i <= Max / 100; i++)
            await _sockets.FarSendsAsync(new string('x', 100), end: false);

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.TooLarge));
    }

    [TestCase(0, false)]
    [TestCase(10, false)]
    [TestCase(11, true)]
    public async Task A_message_that_comes_in_pieces_must_end_within_ten_seconds_of_its_first(int seconds, bool tooSlow)
    {
        var reading = _reader.ReadAsync();
        await FarSendsAndIsReadAsync("x", end: false);
        _reader.Time.Advance(TimeSpan.FromSeconds(seconds));
        await _sockets.FarSendsAsync("x", end: false);
        await _sockets.FarSendsAsync("x");

        Assert.That((await reading).Kind, Is.EqualTo(tooSlow ? WebSocketMessageKind.TooSlow : WebSocketMessageKind.Text));
    }

    [Test]
    public async Task A_frame_that_drips_in_is_a_message_that_comes_in_pieces()
    {
        var reading = _reader.ReadAsync();
        await _sockets.FarSendsRawAsync([0x81]);
        await _sockets.FarHasBeenReadAsync();
        _reader.Time.Advance(TimeSpan.FromSeconds(11));
        await _sockets.FarSendsRawAsync([0x81, 0, 0, 0, 0]);

        Assert.That((await reading).Kind, Is.EqualTo(WebSocketMessageKind.TooSlow));
    }

    [Test]
    public async Task A_ping_that_came_in_pieces_long_ago_makes_no_message_slow()
    {
        var reading = _reader.TextAsync();
        await _sockets.FarSendsRawAsync([0x89, 0x80]);
        await _sockets.FarHasBeenReadAsync();
        await _sockets.FarSendsRawAsync([0, 0, 0, 0]);
        await _sockets.FarHasBeenReadAsync();
        _reader.Time.Advance(TimeSpan.FromHours(1));
        await FarSendsAndIsReadAsync("x", end: false);
        await _sockets.FarSendsAsync("x");

        Assert.That(await reading, Is.EqualTo("xx"));
    }

    [Test]
    public async Task Each_message_has_its_own_ten_seconds()
    {
        for (var message = 0; message < 3; message++)
        {
            var reading = _reader.TextAsync();
            await FarSendsAndIsReadAsync("x", end: false);
            _reader.Time.Advance(TimeSpan.FromSeconds(9));
            await _sockets.FarSendsAsync("x");
            Assert.That(await reading, Is.EqualTo("xx"));
        }
    }

    [Test]
    public async Task A_long_wait_for_a_message_is_no_slow_message()
    {
        var reading = _reader.ReadAsync();
        _reader.Time.Advance(TimeSpan.FromHours(1));
        await _sockets.FarSendsAsync("x", end: false);
        await _sockets.FarSendsAsync("x");

        Assert.That((await reading).Kind, Is.EqualTo(WebSocketMessageKind.Text));
    }

    [Test]
    public async Task A_binary_message_is_named_as_such_and_what_follows_is_read()
    {
        await _sockets.Far.SendAsync(new byte[100], WebSocketMessageType.Binary, true, CancellationToken.None);
        await _sockets.FarSendsAsync("after it");

        Assert.That((await _reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Binary));
        Assert.That(await _reader.TextAsync(), Is.EqualTo("after it"));
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
                read.Add(await _reader.TextAsync());
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
        var reader = new WebSocketTextReader(far, new WebSocketTextWriter(far, !farIsClient), !farIsClient, new TextLimits(1024, 50_000, TimeSpan.FromSeconds(10)), new FakeTimeProvider());

        foreach (var size in sizes)
        {
            var message = await reader.ReadAsync();
            Assert.That((message.Kind, message.Data.Length), Is.EqualTo((WebSocketMessageKind.Text, size)));
            Assert.That(message.Data.Span.IndexOfAnyExcept((byte)('a' + (size % 26))), Is.Negative);
        }

        Assert.That((await reader.ReadAsync()).Kind, Is.EqualTo(WebSocketMessageKind.Closed));
    }

    public void Dispose() => _sockets.Dispose();

    private async Task FarSendsAndIsReadAsync(string text, bool end)
    {
        await _sockets.FarSendsAsync(text, end);
        await _sockets.FarHasBeenReadAsync();
    }
}
