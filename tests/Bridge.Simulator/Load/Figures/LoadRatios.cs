namespace Bridge.Simulator.Load.Figures;

/// <summary>The bridge divided by a relay, in one round.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Cpu">Of the CPU of a call-second; not a number when one of them has none.</param>
/// <param name="UpP99">Of the delay added up.</param>
/// <param name="DownP99">Of the delay added down.</param>
internal sealed record RoundRatio(int Round, double Cpu, double UpP99, double DownP99);

/// <summary>The bridge divided by one relay, over the rounds in which both count.</summary>
internal sealed record Comparison(string Against, IReadOnlyList<RoundRatio> Rounds)
{
    public Spread Cpu => Spread.Of(Rounds.Select(round => round.Cpu));

    public Spread UpP99 => Spread.Of(Rounds.Select(round => round.UpP99));

    public Spread DownP99 => Spread.Of(Rounds.Select(round => round.DownP99));
}

/// <summary>
/// What a machine's mood does not change, or little: each round of the bridge divided by the same round of a relay. (A subject's first
/// result is its first round, and so on.)
/// </summary>
/// <param name="Comparisons">With each relay that was measured in a round in which the bridge was.</param>
/// <param name="Reaction">Whether <c>clear</c> is fast, over all runs of the bridge that count; null when nobody interrupted.</param>
internal sealed record LoadRatios(IReadOnlyList<Comparison> Comparisons, Reaction? Reaction)
{
    public static LoadRatios Of(IReadOnlyList<LoadResult> results)
    {
        var (reaction, down) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var run in results.Where(run => run.Subject == Subjects.Bridge && run.Counts))
        {
            reaction.Add(run.Reaction);
            down.Add(run.Down.Delay);
        }

        return new(
            [.. new[] { Subjects.Relay, Subjects.Tuned }.Select(relay => Compare(results, relay)).Where(one => one.Rounds.Count > 0)],
            Reaction.Of(reaction, down));
    }

    private static Comparison Compare(IReadOnlyList<LoadResult> results, string against)
    {
        var rounds = results.Where(run => run.Subject == Subjects.Bridge).Zip(results.Where(run => run.Subject == against))
            .Select((pair, index) => (Round: index + 1, Bridge: pair.First, Relay: pair.Second))
            .Where(round => round.Bridge.Counts && round.Relay.Counts);
        return new(against, [.. rounds.Select(round => new RoundRatio(
            round.Round,
            Divide(round.Bridge.Use?.Micros, round.Relay.Use?.Micros),
            Divide(P99(round.Bridge.Up), P99(round.Relay.Up)),
            Divide(P99(round.Bridge.Down), P99(round.Relay.Down))))]);
    }

    private static double P99(DirectionFigures direction) => direction.Delay.Percentile(99).TotalMilliseconds;

    private static double Divide(double? one, double? other) => other > 0 ? one / other ?? double.NaN : double.NaN;
}
