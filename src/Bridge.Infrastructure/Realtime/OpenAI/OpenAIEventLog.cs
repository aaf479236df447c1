using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>
/// Logs the server events named in <c>OPENAI_LOG_EVENT_TYPES</c> at Debug, without what was said: only numbers, and
/// identifiers in fields known to hold names and states. The whole event is for Trace.
/// </summary>
internal sealed partial class OpenAIEventLog(string types, ILogger logger)
{
    private readonly FrozenSet<string> _types = types.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> HarmlessTexts = FrozenSet.ToFrozenSet(
    [
        "type", "object", "id", "event_id", "response_id", "item_id", "previous_item_id", "call_id", "conversation_id",
        "status", "reason", "code", "param", "model", "voice", "role", "name", "phase",
    ]);

    /// <summary>An event came; its bytes are only read.</summary>
    public void Received(ReadOnlySpan<byte> utf8)
    {
        if (_types.Count == 0 || !logger.IsEnabled(LogLevel.Debug))
            return;
        try
        {
            var json = new Utf8JsonReader(utf8);
            using var document = JsonDocument.ParseValue(ref json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("type", out var type)
                || type.ValueKind != JsonValueKind.String
                || type.GetString() is not { } name || !_types.Contains(name))
            {
                return;
            }

            var shown = WithoutSpeech(document.RootElement);
            LogEvent(name, shown);
            if (logger.IsEnabled(LogLevel.Trace))
            {
                var whole = Encoding.UTF8.GetString(utf8);
                LogEventSensitive(name, whole);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is no text, such as half a surrogate pair.
            // The reader counts and reports what is malformed.
        }
    }

    internal static string WithoutSpeech(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Copy(element, null, writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Copy(JsonElement element, string? name, Utf8JsonWriter to)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                to.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    to.WritePropertyName(OpenAIEventObjects.Name(member.Name));
                    Copy(member.Value, member.Name, to);
                }

                to.WriteEndObject();
                break;
            case JsonValueKind.Array:
                to.WriteStartArray();
                foreach (var entry in element.EnumerateArray())
                    Copy(entry, name, to);
                to.WriteEndArray();
                break;
            case JsonValueKind.String when name is null || !HarmlessTexts.Contains(name) || OpenAIEventObjects.Name(element.GetString()!) != element.GetString():
                to.WriteStringValue($"({element.GetString()!.Length} characters)");
                break;
            default:
                element.WriteTo(to);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Model event {Type}: {Event}")]
    private partial void LogEvent(string type, string @event);

    [LoggerMessage(Level = LogLevel.Trace, Message = "Model event {Type}, whole: {Event}")]
    private partial void LogEventSensitive(string type, string @event);
}
