using System.Text;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>HTTP gets the answer to its handshake, and whoever reads the WebSocket all that comes behind it, wherever the network cuts the two.</summary>
public sealed class HandshakeStreamTests
{
    private const string Switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

    [TestCase(Switch)]
    [TestCase("HTTP/1.1 103 Early Hints\r\nLink: </101>\r\n\r\n" + Switch)]
    [TestCase("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + Switch)]
    [TestCase("HTTP/1.1 101\nUpgrade: websocket\n\n")]
    public async Task What_comes_behind_a_101_is_not_for_HTTP(string head)
    {
        const string Behind = "frame\r\n\r\nframe";
        for (var cut = 1; cut < head.Length + Behind.Length; cut++)
        {
            await using var stream = new HandshakeStream(new Pieces(head + Behind, cut));
            var buffer = new byte[1024];
            var read = "";
            while (read.Length < head.Length)
                read += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
            Assert.That(read, Is.EqualTo(head), $"cut after {cut}");
            Assert.That(await stream.ReadAsync(buffer), Is.Zero, "HTTP is over");

            await using var taken = stream.Take()!;
            await stream.DisposeAsync();
            // In pieces smaller than what was kept.
            for (int piece; (piece = await taken.ReadAsync(buffer.AsMemory(0, 3))) > 0;)
                read += Encoding.ASCII.GetString(buffer, 0, piece);
            Assert.That(read, Is.EqualTo(head + Behind), $"cut after {cut}");
        }
    }

    [TestCase("HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nbody")]
    [TestCase("HTTP/1.1 401 No\r\nContent-Length: 70\r\n\r\n" + Switch + "not a frame")]
    [TestCase("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Later\r\nContent-Length: 4\r\n\r\nbody")]
    [TestCase("SSH-2.0-OpenSSH\r\n\r\nHTTP/1.1 101\r\n\r\nwhatever")]
    [TestCase("101\r\n\r\nwhatever")]
    [TestCase("\r\n\r\n")]
    [TestCase("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")]
    [TestCase("")]
    public async Task Any_other_answer_is_all_for_HTTP(string answer)
    {
        for (var cut = 1; cut <= Math.Max(1, answer.Length); cut++)
        {
            await using var stream = new HandshakeStream(new Pieces(answer, cut));
            Assert.That(await new StreamReader(stream).ReadToEndAsync(), Is.EqualTo(answer), $"cut after {cut}");
            Assert.That(stream.Take(), Is.Null);
        }
    }

    [Test]
    public async Task What_is_written_and_the_end_go_to_the_connection_below()
    {
        var below = new MemoryStream();
        await using (var stream = new HandshakeStream(below))
        {
            await stream.WriteAsync("GET"u8.ToArray());
            Assert.That(below.ToArray(), Is.EqualTo("GET"u8.ToArray()));
        }

        Assert.That(below.CanRead, Is.False, "it is closed");
    }

    /// <summary>A far end whose words come in two pieces.</summary>
    private sealed class Pieces(string text, int cut) : MemoryStream(Encoding.ASCII.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var left = Position < cut ? cut - (int)Position : buffer.Length;
            return base.ReadAsync(buffer[..Math.Min(left, buffer.Length)], cancellationToken);
        }
    }
}
