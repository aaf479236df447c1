using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>Twilio's messages of one stream, spelt as Twilio spells them, without a document for each.</summary>
internal sealed class CallerMessages(CallerRequest request)
{
    /// <summary>Room for a frame's message and its header.</summary>
    public const int MaxMedia = 512;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly byte[] _end = Encoding.UTF8.GetBytes($"\"}},\"streamSid\":\"{request.StreamSid}\"}}");
    private int _sequence;

    /// <summary><c>{"event":"connected","protocol":"Call","version":"1.0.0"}</c></summary>
    public static ReadOnlySpan<byte> Connected => """{"event":"connected","protocol":"Call","version":"1.0.0"}"""u8;

    public byte[] Start(IReadOnlyDictionary<string, string> parameters) => Encoding.UTF8.GetBytes(
        $$$$"""{"event":"start","sequenceNumber":"{{{{++_sequence}}}}","start":{"accountSid":"{{{{request.AccountSid}}}}","streamSid":"{{{{request.StreamSid}}}}","callSid":"{{{{request.CallSid}}}}","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{{{{JsonSerializer.Serialize(parameters, Plain)}}}}},"streamSid":"{{{{request.StreamSid}}}}"}""");

    public byte[] Mark(byte[] name) => [.. Encoding.UTF8.GetBytes($"{{\"event\":\"mark\",\"sequenceNumber\":\"{++_sequence}\",\"mark\":{{\"name\":\""), .. name, .. _end];

    public byte[] Stop() => Encoding.UTF8.GetBytes(
        $$$$"""{"event":"stop","sequenceNumber":"{{{{++_sequence}}}}","stop":{"accountSid":"{{{{request.AccountSid}}}}","callSid":"{{{{request.CallSid}}}}"},"streamSid":"{{{{request.StreamSid}}}}"}""");

    /// <summary>Writes a frame behind the room for a header, and returns its length.</summary>
    public int Media(Span<byte> buffer, Stamp stamp, int timestampMs)
    {
        Span<byte> pcmu = stackalloc byte[Stamp.Size];
        stamp.Write(pcmu);
        var text = buffer[Frames.MaxHeader..];
        var at = Put(text, 0, "{\"event\":\"media\",\"sequenceNumber\":\""u8);
        at = Put(text, at, ++_sequence);
        at = Put(text, at, "\",\"media\":{\"track\":\"inbound\",\"chunk\":\""u8);
        at = Put(text, at, stamp.Sequence + 1);
        at = Put(text, at, "\",\"timestamp\":\""u8);
        at = Put(text, at, timestampMs);
        at = Put(text, at, "\",\"payload\":\""u8);
        Base64.EncodeToUtf8(pcmu, text[at..], out _, out var written);
        return Put(text, at + written, _end);
    }

    private static int Put(Span<byte> text, int at, ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(text[at..]);
        return at + piece.Length;
    }

    private static int Put(Span<byte> text, int at, int number)
    {
        Utf8Formatter.TryFormat(number, text[at..], out var written);
        return at + written;
    }
}
