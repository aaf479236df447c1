using System.Text.Json;

namespace Bridge.Simulator.Model;

/// <summary>
/// What a client may add to a conversation: written messages (the user's and the system's as <c>input_text</c>, the assistant's as
/// <c>output_text</c>), function calls and their results. Stricter than the API, which takes audio and images too.
/// </summary>
internal static class NewItems
{
    private static readonly Shape Text = new TextShape();

    private static readonly Shape Item = new TaggedShape(new()
    {
        ["message"] = Of(new()
        {
            ["role!"] = new TextShape(["user", "assistant", "system"]), ["content!"] = new OpaqueShape(JsonValueKind.Array),
        }),
        ["function_call"] = Of(new() { ["name!"] = Text, ["arguments!"] = Text, ["call_id"] = Text }),
        ["function_call_output"] = Of(new() { ["call_id!"] = Text, ["output!"] = Text }),
        ["mcp_approval_response"] = Of(new()
        {
            ["approval_request_id!"] = Text, ["approve!"] = new OpaqueShape(JsonValueKind.True, JsonValueKind.False), ["reason"] = new TextShape(nullable: true),
        }),
    });

    /// <summary>The error the API would answer; null when the item is one it takes.</summary>
    public static RealtimeError? Check(JsonElement item)
    {
        if (Item.Check(item, "item") is { } error)
            return error;
        if (item.GetProperty("type").GetString() != "message")
            return null;
        var allowed = item.GetProperty("role").GetString() == "assistant" ? "output_text" : "input_text";
        var part = new ObjectShape(new() { ["type!"] = new TextShape([allowed]), ["text!"] = Text });
        var content = item.GetProperty("content");
        if (content.GetArrayLength() == 0)
            return RealtimeError.Missing("item.content");
        return content.EnumerateArray().Select((one, index) => part.Check(one, $"item.content[{index}]")).FirstOrDefault(static found => found is not null);
    }

    private static ObjectShape Of(Dictionary<string, Shape> fields) => new(new(fields)
    {
        ["type!"] = Text, ["id"] = new TextShape(maxLength: 32), ["object"] = new TextShape(["realtime.item"]),
        ["status"] = new TextShape(["completed", "incomplete", "in_progress"]),
    });
}
