using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Bridge.Benchmarks.Frames;

/// <summary>
/// Twilio's <c>media</c> messages of a caller who speaks, one after the other. A reader decodes in place, so each message is
/// copied into a scratch buffer first; both ways are given the copy, and its cost counts for both.
/// </summary>
internal sealed class CallerFrames
{
    public const string StreamSid = "MZ0123456789abcdef0123456789abcdef";

    /// <summary>Twilio's frames: 20 ms.</summary>
    public const int Milliseconds = 20;

    // Twelve digits, more than Twilio ever writes: a benchmark must not run out of them.
    private const string Stamp = "000000000000";
    private readonly byte[] _message;
    private readonly byte[] _received;
    private readonly int _stampAt;
    private long _timestamp;

    public CallerFrames()
    {
        // Any sound will do, silence will not: its base64 is one character.
        new Random(20261122).NextBytes(Audio);
        var message = $$"""{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"{{Stamp}}","payload":"{{Convert.ToBase64String(Audio)}}"},"streamSid":"{{StreamSid}}"}""";
        _message = Encoding.UTF8.GetBytes(message);
        _received = new byte[_message.Length];
        _stampAt = message.IndexOf(Stamp, StringComparison.Ordinal);
    }

    /// <summary>What each frame sounds like, as PCMU.</summary>
    public byte[] Audio { get; } = new byte[Milliseconds * 8];

    /// <summary>The next message, stamped 20 ms later; it may be written over.</summary>
    public Memory<byte> Next()
    {
        _message.CopyTo(_received, 0);
        Utf8Formatter.TryFormat(_timestamp, _received.AsSpan(_stampAt), out _, new StandardFormat('D', (byte)Stamp.Length));
        _timestamp += Milliseconds;
        return _received;
    }
}
