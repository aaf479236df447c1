using System.Text.Json;

namespace Bridge.Simulator.Caller;

/// <summary>What a bridge may send.</summary>
public enum BridgeMessageKind
{
    Media,
    Mark,
    Clear,
}

/// <summary>One message of the bridge, strictly read: audio for <c>media</c>, a name for <c>mark</c>.</summary>
public sealed record BridgeMessage(BridgeMessageKind Kind, byte[] Audio, string Name)
{
    /// <summary>
    /// Reads a message, or returns null and says in <paramref name="violation"/> what Twilio's warning 31951 would mean. Twilio
    /// documents exactly these fields; one more is already wrong.
    /// </summary>
    public static BridgeMessage? Parse(string text, string streamSid, out string? violation)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var message = Read(document.RootElement, streamSid);
            violation = null;
            return message;
        }
        catch (JsonException exception)
        {
            violation = "31951: not JSON: " + exception.Message;
        }
        catch (Breach breach)
        {
            violation = "31951: " + breach.Message;
        }

        return null;
    }

    // {"event":"media","streamSid":"MZ…","media":{"payload":"…"}}
    // {"event":"mark","streamSid":"MZ…","mark":{"name":"…"}}
    // {"event":"clear","streamSid":"MZ…"}
    private static BridgeMessage Read(JsonElement root, string streamSid)
    {
        var kind = Text(root, "event", "the message");
        if (kind is not ("media" or "mark" or "clear"))
            throw new Breach($"unknown event '{kind}'");
        Only(root, kind, kind == "clear" ? ["event", "streamSid"] : ["event", "streamSid", kind]);
        if (Text(root, "streamSid", kind) is var sid && sid != streamSid)
            throw new Breach($"streamSid '{sid}' is not this stream's");
        if (kind == "clear")
            return new BridgeMessage(BridgeMessageKind.Clear, [], "");
        if (!root.TryGetProperty(kind, out var body))
            throw new Breach($"{kind} without its body");
        var field = kind == "media" ? "payload" : "name";
        Only(body, kind, [field]);
        return kind == "mark"
            ? new BridgeMessage(BridgeMessageKind.Mark, [], Text(body, field, kind))
            : new BridgeMessage(BridgeMessageKind.Media, Decode(Text(body, field, kind)), "");
    }

    private static byte[] Decode(string payload)
    {
        var audio = new byte[payload.Length];
        if (payload.Length == 0 || payload.Any(char.IsWhiteSpace) || !Convert.TryFromBase64String(payload, audio, out var length))
            throw new Breach("the payload is empty or not base64");
        return audio[..length];
    }

    private static string Text(JsonElement element, string name, string where)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
            throw new Breach($"{where} has no text '{name}'");
        return value.GetString()!;
    }

    private static void Only(JsonElement element, string where, string[] names)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new Breach($"{where} is not an object");
        var seen = new HashSet<string>();
        foreach (var property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name) || !seen.Add(property.Name))
                throw new Breach($"{where} has an unexpected field '{property.Name}'");
        }
    }

    private sealed class Breach(string message) : Exception(message);
}
