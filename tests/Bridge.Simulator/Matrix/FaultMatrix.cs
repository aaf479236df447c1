using System.Globalization;
using Bridge.Simulator.Matrix.Rows;

namespace Bridge.Simulator.Matrix;

/// <summary>Every row there is.</summary>
internal static class FaultMatrix
{
    /// <summary>The rows that are run here, in the matrix's order.</summary>
    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        .. All().OrderBy(row => row.Id[0]).ThenBy(row => int.Parse(row.Id.AsSpan(1), CultureInfo.InvariantCulture)),
    ];

    /// <summary>The rows that are run elsewhere: they need hooks, or the bridge's own clock.</summary>
    public static IReadOnlyList<RowElsewhere> Elsewhere { get; } =
    [
        new("D6", "an unhandled exception in one call", "dotnet test"),
        new("D10", "the wall clock jumps", "dotnet test"),
    ];

    private static IEnumerable<FaultRow> All() =>
    [
        .. Dialing.Rows, .. Network.Rows, .. Sessions.Rows, .. LongSessions.Rows, .. Responses.Rows, .. Wire.Rows,
        .. TwilioLeg.Rows, .. Life.Rows, .. Processes.Rows,
    ];
}
