using Bridge.Domain.Turns;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>
/// The commands of a running call, as structs that write themselves.
/// https://platform.openai.com/docs/api-reference/realtime-client-events.
/// </summary>
internal static class OpenAICommandWriter
{
    // {"type":"input_audio_buffer.append","audio":"…"}
    internal readonly struct AppendAudio(ReadOnlyMemory<byte> pcmu) : IWireMessage
    {
        private static ReadOnlySpan<byte> Start => """{"type":"input_audio_buffer.append","audio":" """u8[..^1];

        public int MaxBytes => Start.Length + WireText.Base64Length(pcmu.Length) + 2;

        public int Write(Span<byte> utf8)
        {
            var text = new WireText(utf8);
            text.Raw(Start);
            text.Audio(pcmu.Span);
            text.Raw("\"}"u8);
            return text.Length;
        }
    }

    // {"type":"conversation.item.truncate","item_id":"item_…","content_index":0,"audio_end_ms":1234}
    internal readonly struct Truncate(Truncation truncation) : IWireMessage
    {
        public int MaxBytes => 128 + WireText.JsonLength(truncation.Item.ItemId);

        public int Write(Span<byte> utf8)
        {
            var text = new WireText(utf8);
            text.Raw("""{"type":"conversation.item.truncate","item_id":" """u8[..^1]);
            text.Json(truncation.Item.ItemId);
            text.Raw("\",\"content_index\":"u8);
            text.Number(truncation.Item.ContentIndex);
            text.Raw(",\"audio_end_ms\":"u8);
            text.Number(truncation.AudioEndMs);
            text.Raw("}"u8);
            return text.Length;
        }
    }

    /// <summary>A command that is sent once or twice a call and was written as a document.</summary>
    internal readonly struct Document(byte[] utf8Json) : IWireMessage
    {
        public int MaxBytes => utf8Json.Length;

        public int Write(Span<byte> utf8)
        {
            utf8Json.CopyTo(utf8);
            return utf8Json.Length;
        }
    }
}
