using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>Writes the server events of the GA protocol. Base64 is written as it is, as the API does.</summary>
internal static class OpenAIWire
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Example: <c>{"type":"session.updated","event_id":"event_…","session":{…}}</c></summary>
    public static JsonObject Session(string type, JsonObject session) => new() { ["type"] = type, ["session"] = session };

    /// <summary>
    /// Example: <c>{"type":"error","event_id":"event_…","error":{"type":"invalid_request_error","code":"…","message":"…","param":null,"event_id":null}}</c>
    /// </summary>
    public static JsonObject Error(RealtimeError error) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject
        {
            ["type"] = error.Type, ["code"] = error.Code, ["message"] = error.Message, ["param"] = error.Param, ["event_id"] = error.EventId,
        },
    };

    /// <summary>Example: <c>{"type":"input_audio_buffer.speech_started","audio_start_ms":640,"item_id":"item_…"}</c></summary>
    public static JsonObject SpeechStarted(int audioStartMs, string itemId) =>
        new() { ["type"] = "input_audio_buffer.speech_started", ["audio_start_ms"] = audioStartMs, ["item_id"] = itemId };

    public static JsonObject SpeechStopped(int audioEndMs, string itemId) =>
        new() { ["type"] = "input_audio_buffer.speech_stopped", ["audio_end_ms"] = audioEndMs, ["item_id"] = itemId };

    public static JsonObject Committed(string itemId, string? previous) =>
        new() { ["type"] = "input_audio_buffer.committed", ["previous_item_id"] = previous, ["item_id"] = itemId };

    public static JsonObject Item(string type, string? previous, JsonObject item) =>
        new() { ["type"] = type, ["previous_item_id"] = previous, ["item"] = item.DeepClone() };

    /// <summary>An event that only names an item, such as <c>conversation.item.deleted</c>.</summary>
    public static JsonObject OfItem(string type, string itemId) => new() { ["type"] = type, ["item_id"] = itemId };

    /// <summary>Example: <c>{"type":"conversation.item.truncated","item_id":"item_…","content_index":0,"audio_end_ms":1500}</c></summary>
    public static JsonObject Truncated(string itemId, int audioEndMs) =>
        new() { ["type"] = "conversation.item.truncated", ["item_id"] = itemId, ["content_index"] = 0, ["audio_end_ms"] = audioEndMs };

    /// <summary>
    /// Example: <c>{"type":"conversation.item.input_audio_transcription.completed","item_id":"item_…","content_index":0,"transcript":"…"}</c>
    /// </summary>
    public static JsonObject Transcription(string part, string itemId) =>
        new() { ["type"] = "conversation.item.input_audio_transcription." + part, ["item_id"] = itemId, ["content_index"] = 0 };

    public static JsonObject Response(string type, JsonObject response) => new() { ["type"] = type, ["response"] = response.DeepClone() };

    public static JsonObject OutputItem(string type, string responseId, int outputIndex, JsonObject item) =>
        new() { ["type"] = type, ["response_id"] = responseId, ["output_index"] = outputIndex, ["item"] = item.DeepClone() };

    /// <summary>
    /// Example: <c>{"type":"response.output_audio.delta","response_id":"resp_…","item_id":"item_…","output_index":0,"content_index":0,"delta":"…"}</c>
    /// </summary>
    public static JsonObject Content(string type, string responseId, string itemId, int outputIndex) => new()
    {
        ["type"] = type, ["response_id"] = responseId, ["item_id"] = itemId, ["output_index"] = outputIndex, ["content_index"] = 0,
    };

    public static JsonObject With(this JsonObject message, string name, JsonNode? value)
    {
        message[name] = value;
        return message;
    }

    public static JsonObject UserAudioItem(string itemId) => new()
    {
        ["id"] = itemId, ["object"] = "realtime.item", ["type"] = "message", ["status"] = "completed", ["role"] = "user",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "input_audio", ["transcript"] = null }),
    };

    public static JsonObject AssistantItem(string itemId, string status, string? transcript) => new()
    {
        ["id"] = itemId, ["object"] = "realtime.item", ["type"] = "message", ["status"] = status, ["role"] = "assistant",
        ["content"] = transcript is null ? [] : new JsonArray(new JsonObject { ["type"] = "output_audio", ["transcript"] = transcript }),
    };

    public static JsonObject FunctionCallItem(string itemId, string status, string arguments) => new()
    {
        ["id"] = itemId, ["object"] = "realtime.item", ["type"] = "function_call", ["status"] = status, ["name"] = "look_up",
        ["call_id"] = "call_" + itemId, ["arguments"] = arguments,
    };

    public static JsonObject AssistantTextItem(string itemId, string status, string text) => new()
    {
        ["id"] = itemId, ["object"] = "realtime.item", ["type"] = "message", ["status"] = status, ["role"] = "assistant",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = text }),
    };

    /// <summary>What is left of the tokens; nothing, when it is told how long that lasts.</summary>
    public static JsonObject RateLimits(double? usedUpFor = null) => new()
    {
        ["type"] = "rate_limits.updated",
        ["rate_limits"] = new JsonArray(new JsonObject
        {
            ["name"] = "tokens", ["limit"] = 40000, ["remaining"] = usedUpFor is null ? 39000 : 0, ["reset_seconds"] = usedUpFor ?? 1.5,
        }),
    };

    // One token for about 50 ms of output and 100 ms of input.
    public static JsonObject Usage(long inputMs, long outputMs) => new()
    {
        ["total_tokens"] = (inputMs / 100) + (outputMs / 50),
        ["input_tokens"] = inputMs / 100,
        ["output_tokens"] = outputMs / 50,
        ["input_token_details"] = new JsonObject
        {
            ["text_tokens"] = 0, ["audio_tokens"] = inputMs / 100, ["image_tokens"] = 0, ["cached_tokens"] = 0,
            ["cached_tokens_details"] = new JsonObject { ["text_tokens"] = 0, ["audio_tokens"] = 0, ["image_tokens"] = 0 },
        },
        ["output_token_details"] = new JsonObject { ["text_tokens"] = 0, ["audio_tokens"] = outputMs / 50 },
    };

    public static string Text(JsonObject message, string eventId)
    {
        message.Insert(1, "event_id", eventId);
        return message.ToJsonString(Plain);
    }
}
