using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace Bridge.Benchmarks;

/// <summary>How it is measured when nothing else is asked for: short enough that all of it takes a few minutes.</summary>
internal static class BenchmarkConfig
{
    /// <summary>
    /// Ten measurements of a fifth of a second each. That is too short for small differences of the mean, and enough for what is
    /// looked at: the ratio to the naive port, and the bytes, which do not vary. Each benchmark has a process of its own, so that what
    /// one taught the just-in-time compiler does not help or hinder the next.
    /// </summary>
    public static IConfig Create() => DefaultConfig.Instance
        .AddJob(Job.Default
            .WithId("Short")
            .WithWarmupCount(3)
            .WithIterationCount(10)
            .WithIterationTime(TimeInterval.FromMilliseconds(200))
            // A job named on the command line takes its place.
            .AsDefault())
        .AddDiagnoser(MemoryDiagnoser.Default)
        .HideColumns(Column.StdDev, Column.RatioSD, Column.Gen0, Column.Gen1, Column.Gen2)
        // Beside the build's own output, which is ignored, and not where the command was typed.
        .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "artifacts"));
}
