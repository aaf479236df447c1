using System.Text.Json;

namespace Bridge.Simulator.Load.Figures;

/// <summary>The results for programs: where and when, every run, and the ratios. What was not measured is null.</summary>
internal static class LoadJson
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="results">What all rounds gave, in the order in which they ran.</param>
    /// <param name="machine">Where.</param>
    /// <param name="at">When it began.</param>
    public static string Text(IReadOnlyList<LoadResult> results, Machine machine, DateTimeOffset at)
    {
        var ratios = LoadRatios.Of(results);
        return JsonSerializer.Serialize(
            new
            {
                At = at,
                Machine = machine,
                Runs = results.Select((run, index) => Run(run, results.Take(index).Count(before => before.Subject == run.Subject) + 1)),
                Ratios = ratios.Comparisons.Select(Ratios),
                ReactionP99Ms = ratios.Reaction?.P99.TotalMilliseconds,
                ReactionCount = ratios.Reaction?.Count,
                ReactionDownP99Ms = ratios.Reaction?.DownP99.TotalMilliseconds,
                ReactionsLonger = ratios.Reaction?.Longer,
                ReactionsLongerByChance = ratios.Reaction?.MostByChance,
                ReactionIsWithinDelay = ratios.Reaction?.IsWithinDelay,
            },
            Indented);
    }

    private static object Run(LoadResult run, int round) => new
    {
        run.Subject,
        Round = round,
        run.Counts,
        run.WhyNot,
        Plan = new
        {
            run.Plan.Calls, WindowSeconds = run.Plan.Window.TotalSeconds, WarmUpSeconds = run.Plan.WarmUp.TotalSeconds, run.Plan.RampPerSecond, run.Plan.Tls,
            Quiet = run.Plan.IsQuiet, run.Plan.SetUpsPerSecond,
        },
        CpuMicrosPerCallSecond = Known(run.Use?.Micros),
        UserMicros = Known(run.Use?.UserMicros),
        SystemMicros = Known(run.Use?.SystemMicros),
        SetUpMicros = Known(run.Use?.SetUpMicros),
        QuietBytesPerCall = Known(run.Use?.QuietBytesPerCall),
        BytesPerCall = Known(run.Use?.BytesPerCall),
        run.Use?.Threads,
        run.Use?.Handles,
        Up = Direction(run.Up),
        Down = Direction(run.Down),
        Reaction = Delay(run.Reaction),
        Webhook = Delay(run.Webhook),
        FirstAudio = Delay(run.FirstAudio),
        GeneratorLate = Delay(run.Generator.Late),
        GeneratorMicros = Known(run.Generator.Micros),
        run.SetUpsFailed,
        Moments = run.Moments.Select(moment => new
        {
            AtSeconds = moment.At.TotalSeconds, moment.ResidentBytes, moment.Handles, UpP99Ms = moment.UpP99.TotalMilliseconds, DownP99Ms = moment.DownP99.TotalMilliseconds,
        }),
    };

    private static object Ratios(Comparison one) => new
    {
        one.Against,
        Cpu = Known(one.Cpu.Median),
        UpP99 = Known(one.UpP99.Median),
        DownP99 = Known(one.DownP99.Median),
        Rounds = one.Rounds.Select(round => new { round.Round, Cpu = Known(round.Cpu), UpP99 = Known(round.UpP99), DownP99 = Known(round.DownP99) }),
    };

    private static object Direction(DirectionFigures direction) => new
    {
        Delay = Delay(direction.Delay),
        direction.Frames.Sent, direction.Frames.Received, direction.Frames.Lost, direction.Frames.Reordered, direction.Frames.Changed,
    };

    private static object? Delay(LatencyHistogram delay) => delay.Count == 0 ? null : new
    {
        delay.Count,
        P50Ms = delay.Percentile(50).TotalMilliseconds,
        P99Ms = delay.Percentile(99).TotalMilliseconds,
        P999Ms = delay.Percentile(99.9).TotalMilliseconds,
        MaxMs = delay.Max.TotalMilliseconds,
    };

    // JSON has no word for "not a number".
    private static double? Known(double? figure) => figure is { } number && double.IsFinite(number) ? number : null;
}
