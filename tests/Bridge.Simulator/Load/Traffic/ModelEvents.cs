using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>The events of one answer, spelt as the GA API spells them, with its ids filled in.</summary>
internal sealed class ModelEvents(int call, int number)
{
    private readonly string _response = string.Create(CultureInfo.InvariantCulture, $"resp_{call:D6}{number:D6}");
    private readonly string _item = string.Create(CultureInfo.InvariantCulture, $"item_{call:D6}{number:D6}");
    private byte[]? _delta;

    /// <summary>Milliseconds of audio in a delta.</summary>
    public const int DeltaMs = 100;

    public static byte[] Created { get; } = Session("session.created", "audio/pcm");

    public static byte[] Updated { get; } = Session("session.updated", "audio/pcmu");

    private string Names => $"\"response_id\":\"{_response}\",\"item_id\":\"{_item}\",\"output_index\":0,\"content_index\":0";

    private string Item => $$$$"""{"id":"{{{{_item}}}}","object":"realtime.item","type":"message","status":"completed","role":"assistant","content":[{"type":"output_audio","transcript":"Words that stand for three seconds of speech."}]}""";

    /// <summary>The caller was heard to begin.</summary>
    public byte[] SpeechStarted() => Bytes($$$$"""{"type":"input_audio_buffer.speech_started","event_id":"event_1","audio_start_ms":640,"item_id":"{{{{_item}}}}u"}""");

    /// <summary>The caller was heard to end; what was said stands in the conversation.</summary>
    public byte[][] CallersTurn() =>
    [
        Bytes($$$$"""{"type":"input_audio_buffer.speech_stopped","event_id":"event_2","audio_end_ms":1640,"item_id":"{{{{_item}}}}u"}"""),
        Bytes($$$$"""{"type":"input_audio_buffer.committed","event_id":"event_3","previous_item_id":null,"item_id":"{{{{_item}}}}u"}"""),
        Bytes($$$$"""{"type":"conversation.item.added","event_id":"event_4","previous_item_id":null,"item":{"id":"{{{{_item}}}}u","object":"realtime.item","type":"message","status":"completed","role":"user","content":[{"type":"input_audio","transcript":null}]}}"""),
    ];

    /// <summary>The answer begins; <paramref name="metadata"/> is what it was asked for with.</summary>
    public byte[][] Begin(string metadata) =>
    [
        Bytes($$$$"""{"type":"response.created","event_id":"event_5","response":{"object":"realtime.response","id":"{{{{_response}}}}","status":"in_progress","status_details":null,"output":[],"conversation_id":"conv_1","output_modalities":["audio"],"usage":null,"metadata":{{{{metadata}}}}}}"""),
        Bytes($$$$"""{"type":"response.output_item.added","event_id":"event_6","response_id":"{{{{_response}}}}","output_index":0,"item":{"id":"{{{{_item}}}}","object":"realtime.item","type":"message","status":"in_progress","role":"assistant","content":[]}}"""),
        Bytes($$$$"""{"type":"conversation.item.added","event_id":"event_7","previous_item_id":null,"item":{"id":"{{{{_item}}}}","object":"realtime.item","type":"message","status":"in_progress","role":"assistant","content":[]}}"""),
        Bytes($$$$"""{"type":"response.content_part.added","event_id":"event_8",{{{{Names}}}},"part":{"type":"audio","transcript":""}}"""),
    ];

    /// <summary>Words that go with a delta.</summary>
    public byte[] Words() => Bytes($$$$"""{"type":"response.output_audio_transcript.delta","event_id":"event_9",{{{{Names}}}},"delta":" words"}""");

    /// <summary>Writes a delta behind the room for a frame's header; returns its length.</summary>
    public int Delta(Span<byte> buffer, ReadOnlySpan<byte> pcmu)
    {
        _delta ??= Bytes($"{{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_10\",{Names},\"delta\":\"");
        var text = buffer[Frames.MaxHeader..];
        _delta.CopyTo(text);
        Base64.EncodeToUtf8(pcmu, text[_delta.Length..], out _, out var written);
        "\"}"u8.CopyTo(text[(_delta.Length + written)..]);
        return _delta.Length + written + 2;
    }

    /// <summary>The answer ends.</summary>
    public byte[][] End(string metadata) =>
    [
        Bytes($$$$"""{"type":"response.output_audio.done","event_id":"event_11",{{{{Names}}}}}"""),
        Bytes($$$$"""{"type":"response.output_audio_transcript.done","event_id":"event_12",{{{{Names}}}},"transcript":"Words that stand for three seconds of speech."}"""),
        Bytes($$$$"""{"type":"response.content_part.done","event_id":"event_13",{{{{Names}}}},"part":{"type":"audio","transcript":"Words that stand for three seconds of speech."}}"""),
        Bytes($$$$"""{"type":"response.output_item.done","event_id":"event_14","response_id":"{{{{_response}}}}","output_index":0,"item":{{{{Item}}}}}"""),
        Bytes($$$$"""{"type":"conversation.item.done","event_id":"event_15","previous_item_id":null,"item":{{{{Item}}}}}"""),
        Bytes($$$$"""{"type":"rate_limits.updated","event_id":"event_16","rate_limits":[{"name":"tokens","limit":40000,"remaining":39000,"reset_seconds":1.5}]}"""),
        Bytes($$$$"""{"type":"response.done","event_id":"event_17","response":{"object":"realtime.response","id":"{{{{_response}}}}","status":"completed","status_details":null,"output":[{{{{Item}}}}],"conversation_id":"conv_1","output_modalities":["audio"],"usage":{"total_tokens":120,"input_tokens":60,"output_tokens":60},"metadata":{{{{metadata}}}}}}"""),
    ];

    /// <summary>An item was truncated, as was asked.</summary>
    public static byte[] Truncated(ReadOnlySpan<byte> itemId) =>
        Bytes($$$$"""{"type":"conversation.item.truncated","event_id":"event_18","item_id":"{{{{Encoding.UTF8.GetString(itemId)}}}}","content_index":0,"audio_end_ms":0}""");

    private static byte[] Session(string type, string format) => Bytes($$$$$"""
        {"type":"{{{{{type}}}}}","event_id":"event_0","session":{"object":"realtime.session","type":"realtime","id":"sess_load","model":"load","output_modalities":["audio"],"audio":{"input":{"format":{"type":"{{{{{format}}}}}"},"transcription":null,"turn_detection":{"type":"server_vad","create_response":true,"interrupt_response":true}},"output":{"format":{"type":"{{{{{format}}}}}"},"voice":"alloy"}}}}
        """);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
