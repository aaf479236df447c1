namespace Bridge.Simulator.Load.Figures;

/// <summary>What a long run's first third and its last one had, in the middle of each: what leaks is not flat.</summary>
internal sealed record Drift(Moment First, Moment Last)
{
    private const int LeastMoments = 6;

    /// <summary>Null for a run of less than a minute, which shows nothing.</summary>
    public static Drift? Of(LoadResult run)
    {
        var third = run.Moments.Count / 3;
        return run.Moments.Count < LeastMoments ? null : new(Middle([.. run.Moments.Take(third)]), Middle([.. run.Moments.TakeLast(third)]));
    }

    private static Moment Middle(Moment[] moments) => new(
        moments[moments.Length / 2].At,
        (long)Spread.Of(moments.Select(moment => (double)moment.ResidentBytes)).Median,
        (int)Spread.Of(moments.Select(moment => (double)moment.Handles)).Median,
        TimeSpan.FromMilliseconds(Spread.Of(moments.Select(moment => moment.UpP99.TotalMilliseconds)).Median),
        TimeSpan.FromMilliseconds(Spread.Of(moments.Select(moment => moment.DownP99.TotalMilliseconds)).Median));
}
