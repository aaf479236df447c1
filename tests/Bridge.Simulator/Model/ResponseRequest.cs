using System.Text.Json;

namespace Bridge.Simulator.Model;

/// <summary>
/// A <c>response.create</c> as it came. <paramref name="ItemsBefore"/> counts the items that the conversation had then.
/// </summary>
public sealed record ResponseRequest(string? Instructions, IReadOnlyList<string>? OutputModalities, int ItemsBefore, JsonElement Body, long At)
{
    /// <summary>It asks the model to speak first: with instructions, in a conversation that has nothing in it.</summary>
    public bool IsGreeting => Instructions is not null && ItemsBefore == 0;

    internal static ResponseRequest Of(JsonElement body, int itemsBefore, long at)
    {
        var response = body.TryGetProperty("response", out var given) ? given : default;
        var isObject = response.ValueKind == JsonValueKind.Object;
        var instructions = isObject && response.TryGetProperty("instructions", out var text) ? text.GetString() : null;
        var modalities = isObject && response.TryGetProperty("output_modalities", out var list)
            ? list.EnumerateArray().Select(one => one.GetString()!).ToArray()
            : null;
        return new ResponseRequest(instructions, modalities, itemsBefore, body, at);
    }
}
