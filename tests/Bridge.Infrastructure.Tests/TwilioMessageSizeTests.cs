using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;

namespace Bridge.Infrastructure.Tests;

/// <summary>How large a message of Twilio's may be, and how long it may take.</summary>
public sealed class TwilioMessageSizeTests : IDisposable
{
    private const int Most = 16 * 1024;

    /// <summary>A text frame that says it is 2^62 bytes long, masked with noughts.</summary>
    private static readonly byte[] Endless = [0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly TwilioTestStream _stream = new();

    public void Dispose() => _stream.Dispose();

    [Test]
    public async Task A_message_of_16_KiB_is_read()
    {
        await _stream.StartAsync();
        await _stream.TakesAsync(["{" + new string(' ', Most - 2) + "}"]);

        Assert.That(_stream.Skips.Unknown, Is.EqualTo(1));
    }

    [TestCase(1)]
    [TestCase(100)]
    public async Task One_byte_more_is_too_large_in_however_many_pieces(int pieces)
    {
        await _stream.StartAsync();
        for (var i = 1; i < pieces; i++)
            await _stream.SaysAsync(new string(' ', Most / pieces), end: false);

        await _stream.EndsAsync(WebSocketCloseStatus.MessageTooBig, new string(' ', Most + 1 - ((pieces - 1) * (Most / pieces))));
    }

    [Test]
    public async Task A_frame_that_promises_exabytes_is_cut_off_at_the_limit_and_no_room_is_made_for_it()
    {
        await _stream.StartAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await _stream.SaysRawAsync(Endless);
        for (var i = 0; i <= Most / 1024; i++)
            await _stream.SaysRawAsync([.. Enumerable.Repeat((byte)' ', 1024)]);

        await _stream.EndsAsync(WebSocketCloseStatus.MessageTooBig);
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(1 << 20), "the limit, and what the test itself makes");
    }

    [TestCase(5, false)]
    [TestCase(6, true)]
    public async Task A_message_must_end_within_five_seconds_of_its_first_piece(int seconds, bool tooSlow)
    {
        await _stream.StartAsync();
        var next = _stream.NextAsync();
        await _stream.SaysAndIsReadAsync("{");
        _stream.Time.Advance(TimeSpan.FromSeconds(seconds));
        await _stream.SaysAsync(" ", end: false);
        await _stream.SaysAsync("}");
        await _stream.SaysAsync("""{"event":"mark","mark":{"name":"g0m1"}}""");

        if (tooSlow)
            await Assert.ThatAsync(() => next, Throws.TypeOf<MediaStreamException>());
        else
            Assert.That((await next).Mark, Is.EqualTo(new Mark(0, 1)));
    }

    /// <summary>Ten thousand continuations without a byte cost nothing but their time.</summary>
    [Test]
    public async Task Pieces_without_a_byte_are_no_message_and_no_memory()
    {
        await _stream.StartAsync();
        await _stream.SaysAsync("{", end: false);
        for (var i = 0; i < 10_000; i++)
            await _stream.SaysAsync("", end: false);

        await _stream.TakesAsync(["}"]);
    }
}
