using System.Globalization;

namespace Bridge.Simulator.Matrix;

/// <summary>What came of one variant of a row.</summary>
internal sealed record VariantResult(string RowId, string Name, string Heard, TimeSpan? Freed, TimeSpan Silence, IReadOnlyList<string> Problems)
{
    public TimeSpan Took { get; init; }

    /// <summary>The witnesses' relay delay and the generator's lateness, milliseconds at p99.</summary>
    public double RelayMs { get; init; }

    public double LatenessMs { get; init; }

    /// <summary>It was played a second time, because the generator had been too late to judge.</summary>
    public string? Repeated { get; init; }

    /// <summary>The witnesses' audio was slow: nothing more.</summary>
    public bool WasSlow => RelayMs >= Testimony.RelayLimitMs;

    public bool HasPassed => Problems.Count == 0 && !WasSlow;

    /// <summary>Why it did not pass.</summary>
    public IReadOnlyList<string> Reasons => WasSlow
        ? [.. Problems, string.Create(CultureInfo.InvariantCulture, $"the witnesses' audio took {RelayMs:F0} ms through the bridge (p99), the generator itself being {LatenessMs:F0} ms late")]
        : Problems;
}

/// <summary>What came of a row.</summary>
internal sealed record RowResult(FaultRow Row, IReadOnlyList<VariantResult> Variants)
{
    public bool HasPassed => Variants.Count == Row.Variants.Count && Variants.All(variant => variant.HasPassed);

    public TimeSpan? Freed => Variants.Max(variant => variant.Freed);

    public TimeSpan Silence => Variants.Select(variant => variant.Silence).DefaultIfEmpty().Max();

    /// <summary>What the callers heard, over all variants.</summary>
    public string Heard => string.Join(" / ", Variants.Select(variant => variant.Heard).Where(heard => heard.Length > 0).Distinct());
}
