using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Twilio;

/// <summary>
/// UTF-8 to <see cref="TwilioMessage"/>, pure. Fields may come in any order, counters as strings (as Twilio sends them) or
/// numbers (as some of its imitators do), and fields not known here are skipped.
/// https://www.twilio.com/docs/voice/media-streams/websocket-messages, "Messages from Twilio".
/// </summary>
internal static class TwilioMessageReader
{
    /// <summary>Twilio's messages are four deep.</summary>
    private static readonly JsonReaderOptions Shallow = new() { MaxDepth = 16 };

    /// <summary>What a name of an event may be made of to be shown in a log.</summary>
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"u8);

    /// <summary>Reads one message. The bytes are written over: audio is decoded in place.</summary>
    public static TwilioMessage Read(Memory<byte> utf8)
    {
        try
        {
            return ReadObject(utf8);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-8.
            return new TwilioMessage(TwilioMessageKind.Malformed);
        }
    }

    private static TwilioMessage ReadObject(Memory<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8.Span, Shallow);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return new TwilioMessage(TwilioMessageKind.Malformed);

        var kind = TwilioMessageKind.Unknown;
        string? name = null;
        var media = new Media();
        Mark? mark = null;
        TwilioStart? start = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("event"u8))
                kind = ReadKind(ref json, out name);
            else if (json.ValueTextEquals("media"u8))
                media = ReadMedia(ref json);
            else if (json.ValueTextEquals("mark"u8))
                mark = ReadMark(ref json);
            else if (json.ValueTextEquals("start"u8))
                start = TwilioStartReader.Read(ref json);
            else
                json.Skip();
        }

        // Only when the reader is done may its bytes be written over; Read() also proves that nothing follows the object.
        json.Read();
        return kind switch
        {
            TwilioMessageKind.Media when media is { Inbound: true, Start: > 0 } && Base64InPlace.TryDecode(utf8.Slice(media.Start, media.Length), media.Escaped, out var audio) =>
                new TwilioMessage(kind, audio, media.TimestampMs),
            TwilioMessageKind.Media => new TwilioMessage(TwilioMessageKind.Unknown),
            TwilioMessageKind.Mark => new TwilioMessage(kind, Mark: mark),
            TwilioMessageKind.Start when start is null => new TwilioMessage(TwilioMessageKind.Unknown),
            TwilioMessageKind.Start => new TwilioMessage(kind, Start: start),
            _ => new TwilioMessage(kind, Name: name),
        };
    }

    private static TwilioMessageKind ReadKind(ref Utf8JsonReader json, out string? name)
    {
        name = null;
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return TwilioMessageKind.Unknown;
        }

        var kind = json.ValueTextEquals("media"u8) ? TwilioMessageKind.Media
            : json.ValueTextEquals("mark"u8) ? TwilioMessageKind.Mark
            : json.ValueTextEquals("stop"u8) ? TwilioMessageKind.Stop
            : json.ValueTextEquals("start"u8) ? TwilioMessageKind.Start
            : json.ValueTextEquals("connected"u8) ? TwilioMessageKind.Connected
            : json.ValueTextEquals("dtmf"u8) ? TwilioMessageKind.Dtmf
            : TwilioMessageKind.Unknown;
        if (kind == TwilioMessageKind.Unknown && json.ValueSpan.Length <= 40 && json.ValueSpan.IndexOfAnyExcept(NameBytes) < 0)
            name = Encoding.ASCII.GetString(json.ValueSpan);
        return kind;
    }

    // "media":{"track":"inbound","chunk":"1","timestamp":"102","payload":"…"}
    private static Media ReadMedia(ref Utf8JsonReader json)
    {
        var media = new Media { Inbound = true };
        if (!TryEnter(ref json))
            return default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("payload"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String)
                    (media.Start, media.Length, media.Escaped) = ((int)json.TokenStartIndex + 1, json.ValueSpan.Length, json.ValueIsEscaped);
                else
                    json.Skip();
            }
            else if (json.ValueTextEquals("timestamp"u8))
            {
                media.TimestampMs = ReadCounter(ref json);
            }
            else if (json.ValueTextEquals("track"u8))
            {
                json.Read();
                media.Inbound = json.TokenType == JsonTokenType.String && json.ValueTextEquals("inbound"u8);
                json.Skip();
            }
            else
            {
                json.Skip();
            }
        }

        return media;
    }

    // "mark":{"name":"g0m1"}
    private static Mark? ReadMark(ref Utf8JsonReader json)
    {
        Mark? mark = null;
        if (!TryEnter(ref json))
            return null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.ValueTextEquals("name"u8);
            json.Read();
            if (name && json.TokenType == JsonTokenType.String && Domain.Playback.Mark.TryParse(json.ValueSpan, out var ours))
                mark = ours;
            json.Skip();
        }

        return mark;
    }

    /// <summary>A counter: a string or a number, not negative; null for anything else.</summary>
    internal static long? ReadCounter(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.String or JsonTokenType.Number
            && Utf8Parser.TryParse(json.ValueSpan, out long value, out var used) && used == json.ValueSpan.Length && value >= 0)
        {
            return value;
        }

        json.Skip();
        return null;
    }

    /// <summary>Steps into the object that is a property's value; skips a value that is none.</summary>
    internal static bool TryEnter(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject)
            return true;
        json.Skip();
        return false;
    }

    private record struct Media(int Start, int Length, bool Escaped, bool Inbound, long? TimestampMs);
}
