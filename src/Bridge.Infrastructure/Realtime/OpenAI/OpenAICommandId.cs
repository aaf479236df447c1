using System.Globalization;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>
/// The event ids of our commands: a letter that says what the command was (a append, t truncate, x cancel, u session update,
/// c response create) and a number. For c it is the request's, so that its refusal can be matched to it; a request that is
/// made again has the attempt behind it, for an id may not come twice.
/// </summary>
internal static class OpenAICommandId
{
    /// <summary>The id of a session update; there is one in a session.</summary>
    public const string SessionUpdate = "u0";

    /// <summary>The id of a response create.</summary>
    public static string ResponseCreate(int request, int attempt) => string.Create(CultureInfo.InvariantCulture, $"c{request}.{attempt}");

    /// <summary>What command an id names, in words; empty for none of ours.</summary>
    public static string Describe(string? eventId) => eventId switch
    {
        ['a', .. var number] when IsNumber(number) => $"(append {number})",
        ['t', .. var number] when IsNumber(number) => $"(truncate {number})",
        ['x', .. var number] when IsNumber(number) => $"(cancel {number})",
        SessionUpdate => "(session update)",
        _ => Request(eventId) is { } request ? $"(response create {request})" : "",
    };

    private static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>The number of the request that an id names; null when it names another command, or none of ours.</summary>
    public static int? Request(string? eventId)
    {
        if (eventId is not ['c', .. var rest])
            return null;
        var end = rest.IndexOf('.', StringComparison.Ordinal);
        return end > 0 && int.TryParse(rest.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var request) ? request : null;
    }
}
