namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>What is known of model and voice names. Names not listed are passed on: new ones appear without notice.</summary>
internal static class OpenAIModels
{
    /// <summary>The model that is named when another is to be replaced.</summary>
    public const string Current = "gpt-realtime-2.1";

    private static readonly DateOnly January2027 = new(2027, 1, 20);

    /// <summary>From the vendor's list of deprecations, as of November 2026.</summary>
    private static readonly Dictionary<string, DateOnly> ShutDown = new(StringComparer.Ordinal)
    {
        ["gpt-realtime"] = January2027,
        ["gpt-realtime-2025-08-28"] = January2027,
        ["gpt-realtime-mini"] = January2027,
        ["gpt-realtime-mini-2025-12-15"] = January2027,
    };

    private static readonly HashSet<string> Voices = new(StringComparer.Ordinal)
    {
        "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
    };

    /// <summary>The day on which a model is shut down; null when none is known.</summary>
    public static DateOnly? ShutDownOf(string model) =>
        ShutDown.TryGetValue(model, out var day) ? day : model.StartsWith("gpt-4o-realtime", StringComparison.Ordinal) ? January2027 : null;

    /// <summary>Is this one of the voices of the realtime models? Others (fable, onyx, nova) gave noise instead of an error.</summary>
    public static bool IsVoice(string voice) => Voices.Contains(voice);
}
