using System.Net.WebSockets;
using System.Text;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.Twilio;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bridge.Infrastructure.Tests;

public sealed class FrameWriterTests
{
    /// <summary>Where the length's form changes (RFC 6455, section 5.2), and round a vector's width.</summary>
    private static readonly int[] Lengths = [0, 1, 2, 3, 31, 32, 33, 64, 125, 126, 127, 128, 1000, 65_535, 65_536, 100_000];

    [Test]
    public async Task What_it_writes_the_runtimes_own_WebSocket_reads([Values] bool isClient, [ValueSource(nameof(Lengths))] int length, [Values(0, 1, 200)] int overestimate)
    {
        var text = new string('x', length);
        var frame = new byte[FrameWriter.Room(length + overestimate)];
        var written = new FrameWriter(isClient).Write(new Text(text, overestimate), frame);

        using var reader = WebSocket.CreateFromStream(new MemoryStream(frame, 0, written), new WebSocketCreationOptions { IsServer = isClient });
        var received = new byte[length + 1];
        var result = await reader.ReceiveAsync(received.AsMemory(), CancellationToken.None);
        var count = result.Count;
        while (!result.EndOfMessage)
        {
            result = await reader.ReceiveAsync(received.AsMemory(count), CancellationToken.None);
            count += result.Count;
        }

        Assert.That((result.MessageType, Encoding.UTF8.GetString(received, 0, count)), Is.EqualTo((WebSocketMessageType.Text, text)));
    }

    [Test]
    public void The_length_is_written_as_short_as_it_can_be([ValueSource(nameof(Lengths))] int length)
    {
        var frame = new byte[FrameWriter.Room(length + 200)];

        var written = new FrameWriter(isClient: false).Write(new Text(new string('x', length), 200), frame);

        Assert.That(written - length, Is.EqualTo(length < 126 ? 2 : length < 65_536 ? 4 : 10));
    }

    [Test]
    public void Each_frame_of_a_client_has_a_mask_of_its_own_and_a_servers_none()
    {
        var client = new FrameWriter(isClient: true);
        var masks = new HashSet<string>();
        var frame = new byte[FrameWriter.Room(10)];
        for (var i = 0; i < 1000; i++)
        {
            client.Write(new Text("0123456789", 0), frame);
            Assert.That(frame[1] & 0x80, Is.EqualTo(0x80));
            masks.Add(Convert.ToHexString(frame, 2, 4));
        }

        Assert.That(masks, Has.Count.GreaterThanOrEqualTo(999), "four random bytes may meet once in a thousand, and hardly ever do");
        new FrameWriter(isClient: false).Write(new Text("0123456789", 0), frame);
        Assert.That(frame[1] & 0x80, Is.Zero);
    }

    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(false, false)]
    public async Task Audio_and_the_marks_that_go_with_it_are_one_write_in_their_order(bool before, bool after)
    {
        var wire = new OneMessage("""{"event":"start","start":{"streamSid":"MZ00000000000000000000000000000000","callSid":"CA00000000000000000000000000000000"}}""");
        var media = new TwilioMediaSocket(wire, new MediaStreamLimits(), TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance);
        await media.HandshakeAsync(CancellationToken.None);

        await media.SendMediaAsync(new byte[800], new PlaybackMarks(before ? new Mark(0, 0) : null, after ? new Mark(0, 1) : null), CancellationToken.None);

        Assert.That(wire.Writes, Has.Count.EqualTo(1));
        var places = new[] { "g0m0", "payload", "g0m1" }.Select(word => wire.Writes[0].IndexOf(word, StringComparison.Ordinal)).ToList();
        Assert.That((places[0] >= 0, places[1] >= 0, places[2] >= 0), Is.EqualTo((before, true, after)));
        Assert.That(places.Where(place => place >= 0), Is.Ordered);
    }

    private readonly struct Text(string text, int overestimate) : IWireMessage
    {
        public int MaxBytes => text.Length + overestimate;

        public int Write(Span<byte> utf8) => Encoding.UTF8.GetBytes(text, utf8);
    }

    /// <summary>A connection over which a client says one message, and which remembers each write.</summary>
    private sealed class OneMessage(string said) : MemoryStream(Masked(said))
    {
        public List<string> Writes { get; } = [];

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : await new TaskCompletionSource<int>().Task.WaitAsync(cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add(Encoding.Latin1.GetString(buffer.Span));
            return ValueTask.CompletedTask;
        }

        private static byte[] Masked(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            return [0x81, 0x80 | 126, (byte)(utf8.Length >> 8), (byte)utf8.Length, 0, 0, 0, 0, .. utf8];
        }
    }
}
