using System.Globalization;

namespace Bridge.Simulator.Matrix;

/// <summary>A measurement over many calls.</summary>
/// <param name="What">From what to what.</param>
/// <param name="Count">How often it was measured.</param>
/// <param name="P50Ms">Milliseconds that half of them took at most.</param>
/// <param name="HighMs">Milliseconds that the share to be judged took at most.</param>
/// <param name="Share">Which share: 0.95, 0.99.</param>
/// <param name="LimitMs">What that must stay below.</param>
/// <param name="Problems">What went wrong beside.</param>
internal sealed record Measurement(string What, int Count, double P50Ms, double HighMs, double Share, double LimitMs, IReadOnlyList<string> Problems)
{
    public bool HasPassed => HighMs < LimitMs && Problems.Count == 0;

    /// <summary>Of single measurements.</summary>
    public static Measurement Of(string what, IEnumerable<TimeSpan> times, double share, double limitMs, int least, IReadOnlyList<string> problems)
    {
        var sorted = new Latencies(times);
        IReadOnlyList<string> all = sorted.Count >= least ? problems : [.. problems, $"only {sorted.Count} of {least} came about"];
        return new Measurement(what, sorted.Count, sorted.Percentile(0.5), sorted.Percentile(share), share, limitMs, all);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}: p50 {P50Ms:F0} ms, p{Share * 100:F0} {HighMs:F0} ms over {Count} (must be below {LimitMs:F0} ms): {(HasPassed ? "passed" : "FAILED" + string.Concat(Problems.Select(problem => "; " + problem)))}");
}
