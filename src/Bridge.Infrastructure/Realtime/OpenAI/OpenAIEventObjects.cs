using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bridge.Application.Abstractions;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>What we need of the object <c>response</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Request">The number of the request of ours that it answers, from its metadata.</param>
/// <param name="Ending">How it ended, when it did.</param>
/// <param name="Error">Why it failed, when it did.</param>
internal readonly record struct OpenAIResponse(string? Id, int? Request, ResponseEnding Ending, RealtimeError? Error);

/// <summary>What we need of the object <c>item</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Speaker">Whose message it is; null for what is no message of either.</param>
internal readonly record struct OpenAIItem(string? Id, Speaker? Speaker);

/// <summary>
/// Reads the objects inside an event that come rarely: a few times a turn, so strings and documents are fine. Each is given
/// the bytes of its value as they stand in the message, which are not copied; none when the event has no such field.
/// </summary>
internal static partial class OpenAIEventObjects
{
    /// <summary>Errors after which no session goes on (API reference, "error", and the codes of quota and billing).</summary>
    private static readonly HashSet<string> FatalCodes = new(StringComparer.Ordinal)
    {
        "invalid_api_key", "insufficient_quota", "account_deactivated", "billing_hard_limit_reached",
    };

    /// <summary>Errors about commands that came too late, or for nothing: what they were about was over.</summary>
    private static readonly HashSet<string> HarmlessCodes = new(StringComparer.Ordinal)
    {
        "input_audio_buffer_commit_empty", "item_truncate_invalid_item_id", "item_delete_invalid_item_id", "item_retrieve_invalid_item_id", "invalid_audio_end_ms",
    };

    // "response":{"id":"resp_…","status":"failed","status_details":{"type":"failed","error":{"type":"…","code":"rate_limit_exceeded","message":"…"}}}
    public static OpenAIResponse ReadResponse(ReadOnlyMemory<byte> utf8)
    {
        using var document = Parse(utf8);
        if (document?.RootElement is not { } response)
            return default;
        RealtimeError? error = null;
        var status = Text(response, "status");
        var reason = Text(Member(response, "status_details"), "reason");
        if (status == "incomplete")
            error = new RealtimeError(status, Name(reason ?? ""), "", RealtimeErrorKind.Other);
        else if (status == "failed")
            error = Error(Member(Member(response, "status_details"), "error")) ?? new RealtimeError("failed", "", "The response failed without a reason.", RealtimeErrorKind.Other);
        var request = Text(Member(response, "metadata"), "request");
        var ending = status switch
        {
            "cancelled" => ResponseEnding.Cancelled,
            "incomplete" => reason == "content_filter" ? ResponseEnding.Filtered : ResponseEnding.Incomplete,
            "failed" => error!.Code is "rate_limit_exceeded" or "rate_limit_error" or "inference_rate_limit_exceeded" ? ResponseEnding.RateLimited : ResponseEnding.Failed,
            _ => CallsTool(response) ? ResponseEnding.ToolCall : ResponseEnding.Completed,
        };
        return new OpenAIResponse(Text(response, "id"), int.TryParse(request, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null, ending, error);
    }

    // "item":{"id":"item_…","type":"message","role":"assistant","content":[…]}
    public static OpenAIItem ReadItem(ReadOnlyMemory<byte> utf8)
    {
        using var document = Parse(utf8);
        var item = document?.RootElement;
        Speaker? speaker = (Text(item, "type"), Text(item, "role")) switch
        {
            ("message", "user") => Speaker.Caller,
            ("message", "assistant") => Speaker.Assistant,
            _ => null,
        };
        return new OpenAIItem(Text(item, "id"), speaker);
    }

    // "error":{"type":"invalid_request_error","code":"…","message":"…","param":"…","event_id":"…"}
    public static RealtimeError? ReadError(ReadOnlyMemory<byte> utf8)
    {
        using var document = Parse(utf8);
        return Error(document?.RootElement);
    }

    // "session":{"id":"sess_…","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}
    public static OpenAISession ReadSession(ReadOnlyMemory<byte> utf8)
    {
        using var document = Parse(utf8);
        var session = document?.RootElement;
        var audio = Member(session, "audio");
        return new OpenAISession(
            Shown(Text(session, "id")),
            Shown(Text(Member(Member(audio, "input"), "format"), "type")),
            Shown(Text(Member(Member(audio, "output"), "format"), "type")),
            Member(session, "expires_at") is { ValueKind: JsonValueKind.Number } at && at.TryGetDouble(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(seconds, 0, 100_000_000_000))
                : null);
    }

    // "rate_limits":[{"name":"requests","limit":1000,"remaining":0,"reset_seconds":1.5}, …]
    /// <summary>When the last of the limits that are used up allows more; null when none is.</summary>
    public static TimeSpan? ReadRateLimits(ReadOnlyMemory<byte> utf8)
    {
        using var document = Parse(utf8);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Array } limits)
            return null;
        TimeSpan? reset = null;
        foreach (var limit in limits.EnumerateArray())
        {
            if (Number(limit, "remaining") is not <= 0 || Number(limit, "reset_seconds") is not (>= 0 and < 1_000_000 and var seconds))
                continue;
            reset = TimeSpan.FromSeconds(Math.Max(seconds, reset?.TotalSeconds ?? 0));
        }

        return reset;
    }

    private static bool CallsTool(JsonElement response) =>
        Member(response, "output") is { ValueKind: JsonValueKind.Array } output
        && output.EnumerateArray().Any(item => Text(item, "type") is "function_call" or "mcp_call" or "mcp_approval_request");

    private static double? Number(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static RealtimeError? Error(JsonElement? error)
    {
        if (error is not { ValueKind: JsonValueKind.Object })
            return null;
        var code = Name(Text(error, "code") ?? Text(error, "type") ?? "unknown");
        var command = Text(error, "event_id");
        var parameter = Name(Text(error, "param") ?? "");
        // A truncation past an item's end has no code of its own; nothing is lost by it.
        var kind = parameter == "audio_end_ms" ? RealtimeErrorKind.Harmless : Kind(code);
        return new RealtimeError(code, parameter, Text(error, "message") ?? "", kind, OpenAICommandId.Request(command))
        {
            About = OpenAICommandId.Describe(command),
        };
    }

    /// <summary>A name is an identifier; text that is none is not repeated.</summary>
    internal static string Name(string text) => Identifier().IsMatch(text) ? text : "(no identifier)";

    private static string? Shown(string? text) => text is null ? null : Name(text);

    [GeneratedRegex(@"^[A-Za-z0-9_.:/\[\]-]{0,100}\z")]
    private static partial Regex Identifier();

    private static RealtimeErrorKind Kind(string code) => code switch
    {
        "conversation_already_has_active_response" => RealtimeErrorKind.ResponseActive,
        "response_cancel_not_active" => RealtimeErrorKind.NothingToCancel,
        "session_expired" => RealtimeErrorKind.SessionOver,
        _ when FatalCodes.Contains(code) => RealtimeErrorKind.Fatal,
        _ when HarmlessCodes.Contains(code) => RealtimeErrorKind.Harmless,
        _ => RealtimeErrorKind.Other,
    };

    private static JsonDocument? Parse(ReadOnlyMemory<byte> utf8) => utf8.IsEmpty ? null : JsonDocument.Parse(utf8);

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
