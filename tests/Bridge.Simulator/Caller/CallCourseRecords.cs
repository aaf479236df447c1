namespace Bridge.Simulator.Caller;

/// <summary>How a phone call ended.</summary>
public enum CallEnding
{
    CallerHungUp,

    /// <summary>A <c>Hangup</c> verb.</summary>
    Hangup,

    /// <summary>A <c>Dial</c> verb: the call goes on with somebody else.</summary>
    Dialled,

    Rejected,

    /// <summary>Twilio said that the application has an error.</summary>
    TwilioError,

    /// <summary>No verb was left to run.</summary>
    OutOfVerbs,
}

/// <summary>Whose words a sentence was.</summary>
public enum SentenceSource
{
    /// <summary>The webhook's answer, before or after its stream.</summary>
    Webhook,

    /// <summary>The answer to an action request.</summary>
    Action,

    /// <summary>The fallback's answer.</summary>
    Fallback,

    /// <summary>Twilio's own.</summary>
    TwilioError,
}

/// <summary>
/// A sentence that Twilio said to the caller: begun <paramref name="At"/> (a timestamp of the call's clock), of so much
/// <paramref name="Length"/>.
/// </summary>
public sealed record HeardSentence(string Text, long At, TimeSpan Length, SentenceSource Source);

/// <summary>
/// A request for the rest of a call, to <c>Connect</c>'s action or to the fallback; <paramref name="Url"/> is the public one,
/// <paramref name="At"/> when it was made. No <paramref name="Status"/>: nobody answered.
/// </summary>
public sealed record ActionRequest(Uri Url, string Method, IReadOnlyDictionary<string, string> Form, int? Status, string Answer, long At)
{
    /// <summary>When its answer was there, or it was given up: a timestamp of the call's clock.</summary>
    public long AnsweredAt { get; init; }

    /// <summary>2 when the first connection failed.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Why Twilio could not use the answer, beginning with its error number; null when it could.</summary>
    public string? Failure { get; init; }
}
