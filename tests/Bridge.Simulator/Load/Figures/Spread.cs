namespace Bridge.Simulator.Load.Figures;

/// <summary>One figure over several rounds: what lies in the middle, and how far the rounds lie apart. Not a number when there was none.</summary>
internal readonly record struct Spread(double Median, double Least, double Most, int Rounds)
{
    /// <summary>What is not a number was not measured, and is left out.</summary>
    public static Spread Of(IEnumerable<double> figures)
    {
        var sorted = figures.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0
            ? new(double.NaN, double.NaN, double.NaN, 0)
            : new((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1], sorted.Length);
    }
}
