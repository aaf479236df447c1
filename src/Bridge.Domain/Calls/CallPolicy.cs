namespace Bridge.Domain.Calls;

/// <summary>How patient a call is, and what the assistant is asked to say when patience is over. A time of zero switches its rule off.</summary>
public sealed record CallPolicy
{
    /// <summary>The caller hears a filler after so much silence while it is the assistant's turn.</summary>
    public TimeSpan FillerAfter { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>An answer of which nothing was seen for so long has stalled.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An answer whose first audio takes longer has stalled, whatever else is seen of it.</summary>
    public TimeSpan FirstAudioWithin { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long the model waits before it believes that the caller has stopped: the silence began so much earlier.</summary>
    public TimeSpan TurnEndDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>A caller who is silent for so long, from the end of what was heard, is asked whether anybody is there.</summary>
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A caller who is silent for so long, from the same moment, is let go.</summary>
    public TimeSpan IdleEndAfter { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The longest a call may be.</summary>
    public TimeSpan LongestCall { get; init; } = TimeSpan.FromHours(4);

    /// <summary>A goodbye that is not heard to its end within this is given up.</summary>
    public TimeSpan GoodbyeWithin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What the assistant is asked to say.</summary>
    public CallPrompts Prompts { get; init; } = new();
}

/// <summary>What a response is for that the call itself asks for.</summary>
public sealed record CallPrompts
{
    /// <summary>The answer was cut by the loss of its session, or by a failure: take it up again.</summary>
    public string TakeUp { get; init; } = "Take up your last answer where it was cut off.";

    /// <summary>The caller spoke, and it may not have reached the model.</summary>
    public string HearAgain { get; init; } = "Answer the caller's last words, or ask to hear them again.";

    /// <summary>The caller has been silent.</summary>
    public string StillThere { get; init; } = "Ask whether the caller is still there.";

    /// <summary>The call is about to be ended.</summary>
    public string Goodbye { get; init; } = "Say goodbye.";

    /// <summary>A filter stopped the answer.</summary>
    public string Filtered { get; init; } = "Say that you cannot answer that.";
}
