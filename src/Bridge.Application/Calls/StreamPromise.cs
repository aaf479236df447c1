using Bridge.Application.Admission;

namespace Bridge.Application.Calls;

/// <summary>What a webhook is told: the token of the stream that has a place, or why there is none.</summary>
/// <param name="Token">The token's text.</param>
/// <param name="Why">Why not.</param>
public readonly record struct StreamPromise(string? Token, TurnedAway? Why)
{
    /// <summary>Never the token.</summary>
    public override string ToString() => Why?.ToString() ?? "promised";
}

/// <summary>Why a stream with a token of ours may not come in.</summary>
public enum StreamRefusal
{
    /// <summary>The token was used, or a newer one took its place; the call is on, or over.</summary>
    AlreadyUsed,

    /// <summary>Nobody came with it in time.</summary>
    Expired,

    /// <summary>Too many streams are open that have not said <c>start</c>.</summary>
    HalfOpen,

    /// <summary>As many calls are on as there may be.</summary>
    Full,

    /// <summary>The service is stopping.</summary>
    Stopping,
}
