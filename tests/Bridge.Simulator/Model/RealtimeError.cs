namespace Bridge.Simulator.Model;

/// <summary>One error event's content. <paramref name="EventId"/> is the client's own event that caused it.</summary>
public sealed record RealtimeError(
    string? Code, string Message, string? Param = null, string Type = "invalid_request_error", string? EventId = null)
{
    internal static RealtimeError Unknown(string path) => new("unknown_parameter", $"Unknown parameter: '{path}'.", path);

    internal static RealtimeError Missing(string path) => new("missing_required_parameter", $"Missing required parameter: '{path}'.", path);

    internal static RealtimeError WrongType(string path, string expected, string got) =>
        new("invalid_type", $"Invalid type for '{path}': expected {expected}, but got {got} instead.", path);

    internal static RealtimeError WrongValue(string path, string value, IEnumerable<string> supported) =>
        new("invalid_value", $"Invalid value: '{value}'. Supported values are: {string.Join(", ", supported.Select(one => $"'{one}'"))}.", path);
}
