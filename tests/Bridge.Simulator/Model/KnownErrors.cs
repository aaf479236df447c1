namespace Bridge.Simulator.Model;

/// <summary>The errors of the API by what they do to a session.</summary>
public static class KnownErrors
{
    /// <summary>The session goes on as if nothing had been said.</summary>
    public static IReadOnlyList<RealtimeError> Harmless { get; } =
    [
        new("response_cancel_not_active", "Cancellation failed: no active response found"),
        new("conversation_already_has_active_response", "Conversation already has an active response in progress: resp_x. Wait until the response is finished before creating a new one."),
        new("input_audio_buffer_commit_empty", "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has 0.00ms of audio."),
        new("item_truncate_invalid_item_id", "Error truncating item: the item with id 'item_x' does not exist.", "item_id"),
        new("item_delete_invalid_item_id", "Error deleting item: the item with id 'item_x' does not exist.", "item_id"),
        new(null, "Audio content of 3700ms is already shorter than 3760ms", "audio_end_ms"),
        new("invalid_value", "Invalid value: 'response.stop'.", "type"),
        new("cannot_update_voice", "Cannot update a conversation's voice if assistant audio is present.", "session.audio.output.voice"),
        new("server_error", "The server had an error while processing your request.", Type: "server_error"),
    ];

    /// <summary>Nothing will ever come of this session, nor of another one with the same key.</summary>
    public static IReadOnlyList<RealtimeError> Fatal { get; } =
    [
        new("insufficient_quota", "You exceeded your current quota, please check your plan and billing details.", Type: "insufficient_quota"),
        new("invalid_api_key", "Incorrect API key provided."),
        new("account_deactivated", "The OpenAI account associated with this API key has been deactivated."),
        new("billing_hard_limit_reached", "Billing hard limit has been reached."),
    ];

    /// <summary>This session is over.</summary>
    public static RealtimeError Expired { get; } = new("session_expired", "Your session hit the maximum duration of 60 minutes.");

    /// <summary>An error with a code that nobody has heard of, a different one for each number.</summary>
    public static RealtimeError Unknown(int number) => new($"surprise_{number:D4}", $"Something happened that has no name yet ({number}).");
}
