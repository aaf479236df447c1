using Bridge.Domain.Playback;
using Bridge.Infrastructure.Twilio;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>Byte for byte: Twilio warns about unexpected fields and stays silent otherwise.</summary>
public sealed class TwilioMessageWriterTests
{
    private readonly TwilioMessageWriter _writer = new(Wire.StreamSid);

    [Test]
    public void Media() =>
        Assert.That(
            Written(_writer.Media(new byte[] { 0x7F, 0xFF, 0x7F, 0xFF })),
            Is.EqualTo("""{"event":"media","streamSid":"MZ0123456789abcdef0123456789abcdef","media":{"payload":"f/9//w=="}}"""));

    [Test]
    public void Mark() =>
        Assert.That(
            Written(_writer.Mark(new Mark(3, 17))),
            Is.EqualTo("""{"event":"mark","streamSid":"MZ0123456789abcdef0123456789abcdef","mark":{"name":"g3m17"}}"""));

    [Test]
    public void Clear() =>
        Assert.That(Written(_writer.Clear()), Is.EqualTo("""{"event":"clear","streamSid":"MZ0123456789abcdef0123456789abcdef"}"""));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(160)]
    [TestCase(65_537)]
    public void Audio_of_any_length_is_written_whole(int bytes)
    {
        var audio = new byte[bytes];
        new Random(1).NextBytes(audio);

        Assert.That(Written(_writer.Media(audio)), Does.Contain($"\"payload\":\"{Convert.ToBase64String(audio)}\""));
    }

    [Test]
    public void The_largest_mark_fits() =>
        Assert.That(Written(_writer.Mark(new Mark(int.MaxValue, int.MaxValue))), Does.Contain("\"g2147483647m2147483647\""));

    /// <summary>Into a buffer of the size the message asked for and not a byte more.</summary>
    private static string Written<T>(T message)
        where T : struct, IWireMessage
    {
        var buffer = new byte[message.MaxBytes];
        return Wire.Text(buffer.AsSpan(0, message.Write(buffer)));
    }
}
