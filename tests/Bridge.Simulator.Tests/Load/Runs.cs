using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>Results as a run gives them, with the figures a test is about.</summary>
internal static class Runs
{
    public static readonly Machine Machine = new(2, "Some CPU", "Some Linux 12", "6.1.0", ".NET 10.0.1");

    public static readonly LoadPlan Plan = new(200, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5), 100, Tls: false);

    /// <summary>Every frame takes the same time in each direction.</summary>
    public static LoadResult Of(string subject, double cpu, double upMs = 1, double downMs = 1, double lateMs = 0.1, double? reactionMs = null) => new(
        subject,
        Plan,
        new SubjectUse(cpu * 0.75, cpu * 0.25, 40 * 1024, 70 * 1024, 14, 812, 1500),
        new DirectionFigures(Delays(upMs), new FrameCount(200_000, 200_000, 0, 0, 0)),
        new DirectionFigures(Delays(downMs), new FrameCount(100_000, 100_000, 0, 0, 0)),
        reactionMs is { } reaction ? Delays([.. Enumerable.Repeat(reaction, 100)]) : new LatencyHistogram(),
        subject == Subjects.Bridge ? Delays(2) : new LatencyHistogram(),
        Delays(6),
        new GeneratorUse(Delays(lateMs), 480),
        [],
        0);

    public static LatencyHistogram Delays(params double[] milliseconds)
    {
        var histogram = new LatencyHistogram();
        foreach (var delay in milliseconds)
            histogram.Record((long)(delay * 1e6));
        return histogram;
    }

    /// <summary>One every ten seconds, from the first value to the last in even steps.</summary>
    public static IReadOnlyList<Moment> Moments(int count, double mebi, double lastMebi) =>
        [.. Enumerable.Range(0, count).Select(index => new Moment(
            TimeSpan.FromSeconds(10 * (index + 1)),
            (long)((mebi + ((lastMebi - mebi) * index / (count - 1))) * 1024 * 1024),
            1612,
            TimeSpan.FromMilliseconds(0.9),
            TimeSpan.FromMilliseconds(0.8)))];
}
