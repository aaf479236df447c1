using System.Text.Json;

namespace Bridge.Simulator.Model;

/// <summary>
/// The eleven client events of the GA protocol and their fields, as strict as the API: one unknown field and nothing is applied.
/// </summary>
internal static class ClientEvents
{
    public static readonly string[] Voices = ["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"];

    private static readonly Shape Any = new OpaqueShape(
        JsonValueKind.String, JsonValueKind.Number, JsonValueKind.True, JsonValueKind.False, JsonValueKind.Array, JsonValueKind.Object, JsonValueKind.Null);

    private static readonly Shape Text = new TextShape();
    private static readonly Shape Flag = new OpaqueShape(JsonValueKind.True, JsonValueKind.False);
    private static readonly Shape List = new OpaqueShape(JsonValueKind.Array);
    private static readonly Shape Milliseconds = new NumberShape(0, int.MaxValue, integer: true);

    private static readonly Shape Format = new TaggedShape(new()
    {
        ["audio/pcm"] = new(new() { ["type!"] = Text, ["rate"] = new NumberShape(24000, 24000, integer: true) }),
        ["audio/pcmu"] = new(new() { ["type!"] = Text }),
        ["audio/pcma"] = new(new() { ["type!"] = Text }),
    });

    private static readonly Shape TurnDetection = new TaggedShape(
        new()
        {
            ["server_vad"] = new(new()
            {
                ["type!"] = Text, ["threshold"] = new NumberShape(0, 1), ["prefix_padding_ms"] = Milliseconds,
                ["silence_duration_ms"] = Milliseconds,
                ["idle_timeout_ms"] = new NumberShape(5000, 30000, integer: true, nullable: true),
                ["create_response"] = Flag, ["interrupt_response"] = Flag,
            }),
            ["semantic_vad"] = new(new()
            {
                ["type!"] = Text, ["eagerness"] = new TextShape(["low", "medium", "high", "auto"]),
                ["create_response"] = Flag, ["interrupt_response"] = Flag,
            }),
        },
        nullable: true);

    private static readonly Shape Voice = new VoiceShape();

    private static readonly Shape Modalities = new ModalitiesShape();

    private static readonly Shape Session = new ObjectShape(new()
    {
        ["type!"] = new TextShape(["realtime"]), ["model"] = Text, ["output_modalities"] = Modalities, ["instructions"] = Text,
        ["max_output_tokens"] = new NumberShape(1, 4096, integer: true, word: "inf"),
        ["tools"] = List, ["tool_choice"] = Any, ["parallel_tool_calls"] = Flag,
        ["tracing"] = Any, ["truncation"] = Any, ["include"] = Any, ["prompt"] = Any,
        ["reasoning"] = new ObjectShape(new() { ["effort"] = new TextShape(["minimal", "low", "medium", "high", "xhigh"]) }),
        ["audio"] = new ObjectShape(new()
        {
            ["input"] = new ObjectShape(new()
            {
                ["format"] = Format, ["turn_detection"] = TurnDetection,
                ["noise_reduction"] = new TaggedShape(
                    new()
                    {
                        ["near_field"] = new(new() { ["type!"] = Text, ["strength"] = Any }),
                        ["far_field"] = new(new() { ["type!"] = Text, ["strength"] = Any }),
                    },
                    nullable: true),
                ["transcription"] = new ObjectShape(
                    new() { ["model"] = Text, ["language"] = Text, ["languages"] = List, ["keywords"] = List, ["prompt"] = Text, ["delay"] = Any },
                    nullable: true),
            }),
            ["output"] = new ObjectShape(new() { ["format"] = Format, ["voice"] = Voice, ["speed"] = new NumberShape(0.25, 1.5) }),
        }),
    });

    private static readonly Shape Response = new ObjectShape(new()
    {
        ["instructions"] = Text, ["tools"] = List, ["tool_choice"] = Any, ["input"] = List, ["conversation"] = new TextShape(["auto", "none"]),
        ["metadata"] = new MetadataShape(), ["output_modalities"] = Modalities, ["max_output_tokens"] = new NumberShape(1, 4096, integer: true, word: "inf"),
        ["parallel_tool_calls"] = Flag, ["reasoning"] = Any, ["prompt"] = Any,
        ["audio"] = new ObjectShape(new() { ["output"] = new ObjectShape(new() { ["format"] = Format, ["voice"] = Voice }) }),
    });

    private static readonly Dictionary<string, ObjectShape> Events = new()
    {
        ["session.update"] = Event(new() { ["session!"] = Session }),
        ["input_audio_buffer.append"] = Event(new() { ["audio!"] = new TextShape(base64: true) }),
        ["input_audio_buffer.commit"] = Event([]),
        ["input_audio_buffer.clear"] = Event([]),
        ["conversation.item.create"] = Event(new()
        {
            ["item!"] = new OpaqueShape(JsonValueKind.Object), ["previous_item_id"] = new TextShape(nullable: true),
        }),
        ["conversation.item.retrieve"] = Event(new() { ["item_id!"] = Text }),
        ["conversation.item.truncate"] = Event(new() { ["item_id!"] = Text, ["content_index!"] = Milliseconds, ["audio_end_ms!"] = Milliseconds }),
        ["conversation.item.delete"] = Event(new() { ["item_id!"] = Text }),
        ["response.create"] = Event(new() { ["response"] = Response }),
        ["response.cancel"] = Event(new() { ["response_id"] = Text }),
        ["output_audio_buffer.clear"] = Event([]),
    };

    /// <summary>The error the API would answer, or null when the event is well formed.</summary>
    public static RealtimeError? Check(JsonElement body, out string type)
    {
        type = "";
        if (body.ValueKind != JsonValueKind.Object)
            return new RealtimeError("invalid_json", "The message must be a JSON object.");
        if (!body.TryGetProperty("type", out var name))
            return RealtimeError.Missing("type");
        type = name.ToString();
        return name.ValueKind == JsonValueKind.String && Events.TryGetValue(type, out var shape)
            ? shape.Check(body, "")
            : RealtimeError.WrongValue("type", type, Events.Keys);
    }

    private static ObjectShape Event(Dictionary<string, Shape> fields) =>
        new(new(fields) { ["type"] = Text, ["event_id"] = new TextShape(maxLength: 512) });

    // A name of the list, or {"id":"…"} for a custom voice.
    private sealed class VoiceShape : Shape
    {
        private static readonly ObjectShape Custom = new(new() { ["id!"] = new TextShape() });
        private static readonly TextShape Named = new(Voices);

        public override RealtimeError? Check(JsonElement value, string path) =>
            value.ValueKind == JsonValueKind.Object ? Custom.Check(value, path) : Named.Check(value, path);
    }

    // ["audio"] or ["text"], never both.
    private sealed class ModalitiesShape : Shape
    {
        public override RealtimeError? Check(JsonElement value, string path) => value.ValueKind != JsonValueKind.Array
            ? RealtimeError.WrongType(path, "an array", Name(value))
            : value.GetArrayLength() == 1 && value[0].ToString() is "audio" or "text"
                ? null
                : RealtimeError.WrongValue(path, value.ToString(), ["audio", "text"]);
    }
}
