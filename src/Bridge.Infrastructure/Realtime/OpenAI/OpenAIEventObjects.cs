using System.Text.Json;
using Bridge.Application.Abstractions;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>What we need of the object <c>response</c>.</summary>
internal readonly record struct OpenAIResponse(string? Id, RealtimeError? Error);

/// <summary>Reads the objects inside an event that come rarely: a few times a turn, so strings and documents are fine.</summary>
internal static class OpenAIEventObjects
{
    /// <summary>Errors after which no session goes on (API reference, "error", and the codes of quota and billing).</summary>
    private static readonly HashSet<string> FatalCodes = new(StringComparer.Ordinal)
    {
        "session_expired", "invalid_api_key", "insufficient_quota", "account_deactivated", "billing_hard_limit_reached",
    };

    // "response":{"id":"resp_…","status":"failed","status_details":{"type":"failed","error":{"type":"…","code":"rate_limit_exceeded","message":"…"}}}
    public static OpenAIResponse ReadResponse(ref Utf8JsonReader json)
    {
        if (Value(ref json) is not { } response)
            return default;
        RealtimeError? error = null;
        if (Text(response, "status") == "failed")
            error = Error(Member(Member(response, "status_details"), "error")) ?? new RealtimeError("failed", "The response failed without a reason.", Fatal: false);
        return new OpenAIResponse(Text(response, "id"), error);
    }

    // "error":{"type":"invalid_request_error","code":"…","message":"…","param":"…","event_id":"…"}
    public static RealtimeError? ReadError(ref Utf8JsonReader json) => Error(Value(ref json));

    // "session":{"id":"sess_…","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}
    public static OpenAISession ReadSession(ref Utf8JsonReader json)
    {
        var session = Value(ref json);
        var audio = Member(session, "audio");
        return new OpenAISession(
            Text(session, "id"),
            Text(Member(Member(audio, "input"), "format"), "type"),
            Text(Member(Member(audio, "output"), "format"), "type"));
    }

    private static RealtimeError? Error(JsonElement? error)
    {
        if (error is not { ValueKind: JsonValueKind.Object })
            return null;
        var code = Text(error, "code") ?? Text(error, "type") ?? "unknown";
        return new RealtimeError(code, Text(error, "message") ?? "", FatalCodes.Contains(code));
    }

    private static JsonElement? Value(ref Utf8JsonReader json) => json.Read() ? JsonElement.ParseValue(ref json) : null;

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
