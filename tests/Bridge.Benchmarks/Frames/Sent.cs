using System.Text;
using System.Text.Json;

namespace Bridge.Benchmarks.Frames;

/// <summary>Reads what was written, so that both ways are known to say the same. Messages may follow each other in one text.</summary>
internal static class Sent
{
    /// <summary>The messages in a text.</summary>
    public static List<JsonElement> Messages(ReadOnlySpan<byte> utf8)
    {
        var messages = new List<JsonElement>();
        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true });
        while (json.Read())
            messages.Add(JsonElement.ParseValue(ref json));
        return messages;
    }

    /// <summary>Is this <c>{"type":"input_audio_buffer.append","audio":"…"}</c>, with this audio?</summary>
    public static bool IsAppend(JsonElement message, byte[] audio) =>
        message.GetProperty("type").ValueEquals("input_audio_buffer.append") && message.GetProperty("audio").GetBytesFromBase64().AsSpan().SequenceEqual(audio);

    /// <summary>Is this <c>{"event":"media","streamSid":"MZ…","media":{"payload":"…"}}</c>, with this audio?</summary>
    public static bool IsMedia(JsonElement message, byte[] audio) =>
        IsOfStream(message, "media") && message.GetProperty("media").GetProperty("payload").GetBytesFromBase64().AsSpan().SequenceEqual(audio);

    /// <summary>Is this <c>{"event":"mark","streamSid":"MZ…","mark":{"name":"…"}}</c>?</summary>
    public static bool IsMark(JsonElement message) => IsOfStream(message, "mark") && message.GetProperty("mark").GetProperty("name").GetString() is { Length: > 0 };

    private static bool IsOfStream(JsonElement message, string name) =>
        message.GetProperty("event").ValueEquals(name) && message.GetProperty("streamSid").ValueEquals(Encoding.UTF8.GetBytes(CallerFrames.StreamSid));
}
