namespace Bridge.Simulator.Load.Figures;

/// <summary>All runs of one subject, in their order.</summary>
internal sealed class SubjectColumn(string name, IReadOnlyList<LoadResult> runs)
{
    public string Name => name;

    public IReadOnlyList<LoadResult> Runs => runs;

    /// <summary>Those whose figures say something about the subject.</summary>
    public IReadOnlyList<LoadResult> Counting { get; } = [.. runs.Where(run => run.Counts)];

    /// <summary>What its last long run that counts had at the beginning and at the end.</summary>
    public Drift? Drift => Counting.Select(Figures.Drift.Of).LastOrDefault(drift => drift is not null);

    /// <summary>A figure over the rounds that count.</summary>
    public Spread Figure(Func<LoadResult, double> which) => Spread.Of(Counting.Select(which));

    /// <summary>The same of what it used; none when its process is not ours to look at.</summary>
    public Spread Use(Func<SubjectUse, double> which) => Figure(run => run.Use is { } use ? which(use) : double.NaN);

    /// <summary>Of all runs: a frame that is lost while the generator is late is lost nevertheless.</summary>
    public FrameCount Frames(Func<LoadResult, DirectionFigures> which) =>
        runs.Aggregate(FrameCount.None, (sum, run) => sum + which(run).Frames);
}
