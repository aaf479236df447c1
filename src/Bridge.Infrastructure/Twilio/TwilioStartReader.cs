using System.Text.Json;

namespace Bridge.Infrastructure.Twilio;

/// <summary>Reads what <c>start</c> says: once a call, so strings are fine.</summary>
internal static class TwilioStartReader
{
    // "start":{"streamSid":"MZ…","accountSid":"AC…","callSid":"CA…","tracks":["inbound"],
    //          "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"From":"…"}}
    public static TwilioStart? Read(ref Utf8JsonReader json)
    {
        if (!TwilioMessageReader.TryEnter(ref json))
            return null;
        var start = new TwilioStart();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("callSid"u8))
                start.CallSid = ReadText(ref json);
            else if (json.ValueTextEquals("streamSid"u8))
                start.StreamSid = ReadText(ref json);
            else if (json.ValueTextEquals("accountSid"u8))
                start.AccountSid = ReadText(ref json);
            else if (json.ValueTextEquals("mediaFormat"u8))
                ReadFormat(ref json, start);
            else if (json.ValueTextEquals("customParameters"u8))
                ReadParameters(ref json, start);
            else
                json.Skip();
        }

        return start;
    }

    private static void ReadFormat(ref Utf8JsonReader json, TwilioStart start)
    {
        if (!TwilioMessageReader.TryEnter(ref json))
            return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("encoding"u8))
                start.Encoding = ReadText(ref json);
            else if (json.ValueTextEquals("sampleRate"u8))
                start.SampleRate = TwilioMessageReader.ReadCounter(ref json);
            else if (json.ValueTextEquals("channels"u8))
                start.Channels = TwilioMessageReader.ReadCounter(ref json);
            else
                json.Skip();
        }
    }

    private static void ReadParameters(ref Utf8JsonReader json, TwilioStart start)
    {
        if (!TwilioMessageReader.TryEnter(ref json))
            return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (ReadText(ref json) is { } value)
                start.Parameters[name] = value;
        }
    }

    private static string? ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return json.GetString();
        json.Skip();
        return null;
    }
}
