namespace Bridge.Simulator.Load.Figures;

/// <summary>
/// From <c>speech_started</c> to <c>clear</c>, held against the delay added to audio on the same way, over the same runs. The interruptions
/// of a short run are few: of a hundred and eighty, the second worst is the p99, and every other time it is longer by chance alone. That
/// chance takes each for itself; at 800 calls one pause of the machine delays several, and the verdict is harsher than it says.
/// </summary>
/// <param name="Count">Interruptions.</param>
/// <param name="P99">Of them.</param>
/// <param name="DownP99">Of the audio.</param>
/// <param name="Longer">How many interruptions took longer than <paramref name="DownP99"/>: one of a hundred, when <c>clear</c> is just as fast.</param>
internal sealed record Reaction(long Count, TimeSpan P99, TimeSpan DownP99, long Longer)
{
    private const double Share = 0.01, Doubt = 0.05;

    /// <summary>Of fewer the p99 is the worst, and says nothing when it is short.</summary>
    private const int Enough = 100;

    /// <summary>So many may be longer before it is less likely than one in twenty that they are so by chance.</summary>
    public long MostByChance { get; } = Most(Count);

    /// <summary>Whether the p99 of <c>clear</c> is that of the audio it overtakes, or less; null when there were too few to tell.</summary>
    public bool? IsWithinDelay => Longer > MostByChance ? false : P99 <= DownP99 && Count >= Enough ? true : null;

    public static Reaction? Of(LatencyHistogram reaction, LatencyHistogram down)
    {
        var limit = down.Percentile(99);
        return reaction.Count > 0 ? new(reaction.Count, reaction.Percentile(99), limit, reaction.CountLonger(limit)) : null;
    }

    // The binomial distribution, term by term from none on; by its logarithm, as the first term of a long run is too small for a number.
    private static long Most(long count)
    {
        var (term, rest) = (count * Math.Log(1 - Share), 1.0);
        for (var longer = 0L; ; longer++)
        {
            rest -= Math.Exp(term);
            if (rest <= Doubt || longer == count)
                return longer;
            term += Math.Log((count - longer) / (longer + 1.0) * Share / (1 - Share));
        }
    }
}
