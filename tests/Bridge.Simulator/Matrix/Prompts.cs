namespace Bridge.Simulator.Matrix;

/// <summary>What the bridges of the matrix are told to ask the model for: words that are easily told apart.</summary>
internal static class Prompts
{
    public const string Greet = "GREET", TakeUp = "TAKE-UP", HearAgain = "HEAR-AGAIN", StillThere = "STILL-THERE", Goodbye = "GOODBYE", Filtered = "FILTERED";

    private static readonly string[] All = [Greet, TakeUp, HearAgain, StillThere, Goodbye, Filtered];

    /// <summary>The settings.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["Assistant__Greeting"] = Greet,
        ["Assistant__TakeUp"] = TakeUp,
        ["Assistant__HearAgain"] = HearAgain,
        ["Assistant__StillThere"] = StillThere,
        ["Assistant__Goodbye"] = Goodbye,
        ["Assistant__Filtered"] = Filtered,
    };

    /// <summary>Which of them a request's instructions end with; empty for none: the model is to answer the caller.</summary>
    public static string Of(string? instructions) =>
        Array.Find(All, prompt => instructions is not null && instructions.EndsWith(prompt, StringComparison.Ordinal)) ?? "";
}
