namespace Bridge.Benchmarks;

/// <summary>What a benchmark's set-up checks once, so that nothing is measured that is not done.</summary>
internal static class Require
{
    /// <exception cref="InvalidOperationException">It does not hold: the benchmark has no result.</exception>
    public static void That(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"This benchmark would measure nonsense: not so that {what}.");
    }
}
