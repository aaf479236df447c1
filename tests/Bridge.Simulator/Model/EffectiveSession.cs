using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>The settings a session runs with: the API's defaults, then what each update changed.</summary>
internal sealed class EffectiveSession(string id, string model, DateTimeOffset? expires = null)
{
    private readonly JsonObject _session = new()
    {
        ["object"] = "realtime.session",
        ["type"] = "realtime",
        ["id"] = id,
        ["model"] = model,
        ["output_modalities"] = new JsonArray("audio"),
        ["instructions"] = "Your knowledge cutoff is fixed. You are a helpful, witty, and friendly AI.",
        ["tools"] = new JsonArray(),
        ["tool_choice"] = "auto",
        ["max_output_tokens"] = "inf",
        ["tracing"] = null,
        ["truncation"] = "auto",
        ["prompt"] = null,
        ["expires_at"] = expires?.ToUnixTimeSeconds() ?? 1_900_000_000,
        ["include"] = null,
        ["audio"] = new JsonObject
        {
            ["input"] = new JsonObject
            {
                ["format"] = Pcm16(), ["transcription"] = null, ["noise_reduction"] = null,
                ["turn_detection"] = WithDefaults(new JsonObject { ["type"] = "server_vad" }),
            },
            ["output"] = new JsonObject { ["format"] = Pcm16(), ["voice"] = "alloy", ["speed"] = 1.0 },
        },
    };

    private JsonNode Input => _session["audio"]!["input"]!;

    private JsonNode Output => _session["audio"]!["output"]!;

    public bool InputIsPcmu => (string?)Input["format"]!["type"] == "audio/pcmu";

    public bool OutputIsPcmu => (string?)Output["format"]!["type"] == "audio/pcmu";

    public string Instructions => (string?)_session["instructions"] ?? "";

    /// <summary>Answers are written, not spoken.</summary>
    public bool IsText => (string?)_session["output_modalities"]?[0] == "text";

    /// <summary>The caller's turns are put into words.</summary>
    public bool Transcribes => Input["transcription"] is JsonObject transcription && !string.IsNullOrEmpty((string?)transcription["model"]);

    /// <summary>Null: turns are the client's business.</summary>
    public JsonObject? TurnDetection => Input["turn_detection"] as JsonObject;

    public JsonObject Copy() => (JsonObject)_session.DeepClone();

    /// <summary>Applies an update that has the right shape, whole or not at all.</summary>
    public RealtimeError? Apply(JsonElement update, bool audioIsPresent, bool ignorePcmu)
    {
        if (update.TryGetProperty("model", out var other) && other.GetString() != model)
            return RealtimeError.WrongValue("session.model", other.GetString()!, [model]);
        var changes = JsonObject.Create(update)!;
        foreach (var newer in new[] { "reasoning", "parallel_tool_calls" })
        {
            if (changes.ContainsKey(newer) && !model.StartsWith("gpt-realtime-2", StringComparison.Ordinal))
                return new RealtimeError("invalid_value", $"'{newer}' is not supported by the model '{model}'.", "session." + newer);
        }

        var voice = changes["audio"]?["output"]?["voice"];
        if (audioIsPresent && voice is not null && !JsonNode.DeepEquals(voice, Output["voice"]))
        {
            return new RealtimeError(
                "cannot_update_voice", "Cannot update a conversation's voice if assistant audio is present.", "session.audio.output.voice");
        }

        if (ignorePcmu && changes["audio"] is JsonObject audio)
        {
            (audio["input"] as JsonObject)?.Remove("format");
            (audio["output"] as JsonObject)?.Remove("format");
        }

        Merge(_session, changes);
        if (TurnDetection is { } detection)
            Input["turn_detection"] = WithDefaults((JsonObject)detection.DeepClone());
        return null;
    }

    // "audio", "input" and "output" are merged; whatever is below replaces what was there.
    private static void Merge(JsonObject target, JsonObject changes)
    {
        foreach (var (name, value) in changes)
        {
            if (name is "audio" or "input" or "output" && value is JsonObject inner)
                Merge((JsonObject)target[name]!, inner);
            else
                target[name] = value?.DeepClone();
        }
    }

    private static JsonObject WithDefaults(JsonObject detection)
    {
        if ((string?)detection["type"] == "server_vad")
        {
            detection.TryAdd("threshold", 0.5);
            detection.TryAdd("prefix_padding_ms", 300);
            detection.TryAdd("silence_duration_ms", 500);
            detection.TryAdd("idle_timeout_ms", null);
        }
        else
        {
            detection.TryAdd("eagerness", "auto");
        }

        detection.TryAdd("create_response", true);
        detection.TryAdd("interrupt_response", true);
        return detection;
    }

    private static JsonObject Pcm16() => new() { ["type"] = "audio/pcm", ["rate"] = 24000 };
}
