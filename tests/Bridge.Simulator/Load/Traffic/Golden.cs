namespace Bridge.Simulator.Load.Traffic;

/// <summary>Who comes when, of many that do not keep step.</summary>
internal static class Golden
{
    /// <summary>The golden ratio's fraction.</summary>
    private const double Ratio = 0.6180339887498949;

    /// <summary>Of a whole, from 0 to below 1: the parts of the first so many are spread evenly, however many there are.</summary>
    public static double Part(int number) => number * Ratio % 1;
}
