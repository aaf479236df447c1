using System.Text;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Twilio;

/// <summary>
/// The three messages Twilio takes, as structs that write themselves.
/// https://www.twilio.com/docs/voice/media-streams/websocket-messages, "Send WebSocket messages to Twilio".
/// </summary>
/// <param name="streamSid">The stream's name, in every message; its shape needs no escaping.</param>
internal sealed class TwilioMessageWriter(string streamSid)
{
    private readonly byte[] _media = Encoding.UTF8.GetBytes($$$"""{"event":"media","streamSid":"{{{streamSid}}}","media":{"payload":" """.TrimEnd());
    private readonly byte[] _mark = Encoding.UTF8.GetBytes($$$"""{"event":"mark","streamSid":"{{{streamSid}}}","mark":{"name":" """.TrimEnd());
    private readonly byte[] _clear = Encoding.UTF8.GetBytes($$"""{"event":"clear","streamSid":"{{streamSid}}"}""");

    /// <summary><c>{"event":"media","streamSid":"MZ…","media":{"payload":"…"}}</c></summary>
    public MediaMessage Media(ReadOnlyMemory<byte> pcmu) => new(_media, pcmu);

    /// <summary><c>{"event":"mark","streamSid":"MZ…","mark":{"name":"g0m1"}}</c></summary>
    public MarkMessage Mark(Mark mark) => new(_mark, mark);

    /// <summary><c>{"event":"clear","streamSid":"MZ…"}</c></summary>
    public ClearMessage Clear() => new(_clear);

    internal readonly struct MediaMessage(byte[] start, ReadOnlyMemory<byte> pcmu) : IWireMessage
    {
        public int MaxBytes => start.Length + WireText.Base64Length(pcmu.Length) + 3;

        public int Write(Span<byte> utf8)
        {
            var text = new WireText(utf8);
            text.Raw(start);
            text.Audio(pcmu.Span);
            text.Raw("\"}}"u8);
            return text.Length;
        }
    }

    internal readonly struct MarkMessage(byte[] start, Mark mark) : IWireMessage
    {
        public int MaxBytes => start.Length + Domain.Playback.Mark.MaxNameLength + 3;

        public int Write(Span<byte> utf8)
        {
            var text = new WireText(utf8);
            text.Raw(start);
            text.Advance(mark.Format(text.Rest));
            text.Raw("\"}}"u8);
            return text.Length;
        }
    }

    internal readonly struct ClearMessage(byte[] whole) : IWireMessage
    {
        public int MaxBytes => whole.Length;

        public int Write(Span<byte> utf8)
        {
            whole.CopyTo(utf8);
            return whole.Length;
        }
    }
}
