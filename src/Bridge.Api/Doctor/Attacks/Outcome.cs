namespace Bridge.Api.Doctor.Attacks;

/// <summary>What an attack shows.</summary>
internal enum Verdict
{
    Shut,

    /// <summary>Nobody came in, and the answer is not the one that a shut door gives.</summary>
    Odd,

    Open,

    NotTried,
}

/// <summary>What came of an attack.</summary>
/// <param name="Verdict">What it shows.</param>
/// <param name="Got">What the far end did, in a word or two.</param>
internal sealed record Outcome(Verdict Verdict, string Got)
{
    /// <summary>Judges an answer to a request that must be refused.</summary>
    /// <param name="answer">Null: the connection was closed without one.</param>
    /// <param name="shut">The statuses that a shut door answers.</param>
    public static Outcome Of(RawAnswer? answer, params ReadOnlySpan<int> shut) => answer switch
    {
        null => new(Verdict.Odd, "closed unanswered"),
        { Status: var status } when shut.Contains(status) => new(Verdict.Shut, $"{status}"),
        { Status: 101 or (>= 200 and < 300) } => new(Verdict.Open, $"{answer.Status}"),
        _ => new(Verdict.Odd, $"{answer.Status}"),
    };

    /// <summary>The worst of several tries at one hole.</summary>
    public static Outcome Worst(IEnumerable<Outcome> outcomes) => outcomes.MaxBy(o => o.Verdict) ?? throw new ArgumentException("Nothing was tried.", nameof(outcomes));
}

/// <summary>An attack that cannot be tried, and why.</summary>
internal sealed class NotTriedException(string why) : Exception(why);
