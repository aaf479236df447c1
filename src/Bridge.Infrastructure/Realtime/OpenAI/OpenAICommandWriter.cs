using Bridge.Domain.Turns;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>
/// The commands of a running call, as structs that write themselves. Each carries an event id, a letter and a number, which
/// an error about it repeats: <see cref="OpenAICommandId"/>.
/// https://platform.openai.com/docs/api-reference/realtime-client-events.
/// </summary>
internal static class OpenAICommandWriter
{
    // {"type":"input_audio_buffer.append","event_id":"a17","audio":"…"}
    internal readonly struct AppendAudio(int number, ReadOnlyMemory<byte> pcmu) : IWireMessage
    {
        private static ReadOnlySpan<byte> Start => """{"type":"input_audio_buffer.append","event_id":"a"""u8;

        public int MaxBytes => Start.Length + 32 + WireText.Base64Length(pcmu.Length);

        public int Write(Span<byte> utf8)
        {
            var text = new WireText(utf8);
            text.Raw(Start);
            text.Number(number);
            text.Raw("\",\"audio\":\""u8);
            text.Audio(pcmu.Span);
            text.Raw("\"}"u8);
            return text.Length;
        }
    }

    // {"type":"conversation.item.truncate","event_id":"t18","item_id":"item_…","content_index":0,"audio_end_ms":1234}
    internal readonly struct Truncate(int number, Truncation truncation) : IWireMessage
    {
        public int MaxBytes => 160 + WireText.JsonLength(truncation.Item.ItemId);

        public int Write(Span<byte> utf8)
        {
            var text = new WireText(utf8);
            text.Raw("""{"type":"conversation.item.truncate","event_id":"t"""u8);
            text.Number(number);
            text.Raw("\",\"item_id\":\""u8);
            text.Json(truncation.Item.ItemId);
            text.Raw("\",\"content_index\":"u8);
            text.Number(truncation.Item.ContentIndex);
            text.Raw(",\"audio_end_ms\":"u8);
            text.Number(truncation.AudioEndMs);
            text.Raw("}"u8);
            return text.Length;
        }
    }

    // {"type":"response.cancel","event_id":"x19","response_id":"resp_…"}
    internal readonly struct CancelResponse(int number, string responseId) : IWireMessage
    {
        public int MaxBytes => 96 + WireText.JsonLength(responseId);

        public int Write(Span<byte> utf8)
        {
            var text = new WireText(utf8);
            text.Raw("""{"type":"response.cancel","event_id":"x"""u8);
            text.Number(number);
            text.Raw("\",\"response_id\":\""u8);
            text.Json(responseId);
            text.Raw("\"}"u8);
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
