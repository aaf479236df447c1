using System.Globalization;
using System.Text.Json;

namespace Bridge.Simulator.Matrix;

/// <summary>Prints what came of the rows.</summary>
internal static class FaultTable
{
    private const int MostHeard = 60, MostProblems = 4;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The table, and under it why rows did not pass.</summary>
    public static void Print(TextWriter to, IReadOnlyList<RowResult> rows, IReadOnlyList<RowElsewhere> elsewhere)
    {
        List<string[]> lines = [["row", "fault", "the caller heard", "freed in", "longest silence", "verdict"]];
        lines.AddRange(rows.Select(row => new[]
        {
            row.Row.Id, row.Row.Fault, Shorten(row.Heard), row.Freed is { } freed ? Milliseconds(freed) : "–",
            row.Silence > TimeSpan.Zero ? Milliseconds(row.Silence) : "–", Verdict(row),
        }));
        lines.AddRange(elsewhere.Select(row => new[] { row.Id, row.Fault, "–", "–", "–", $"runs in {row.Where}" }));
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            to.WriteLine(string.Join(" | ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        foreach (var variant in rows.SelectMany(row => row.Variants).Where(variant => !variant.HasPassed || variant.Repeated is not null))
        {
            to.WriteLine($"{variant.RowId}, {variant.Name}{(variant.Repeated is { } why ? $" ({why})" : "")}:{(variant.HasPassed ? " passed" : "")}");
            foreach (var problem in variant.Reasons.Take(MostProblems))
                to.WriteLine($"    {problem}");
            if (variant.Reasons.Count > MostProblems)
                to.WriteLine($"    and {variant.Reasons.Count - MostProblems} more");
        }
    }

    /// <summary>The same for programs, variant by variant.</summary>
    public static string Json(IReadOnlyList<RowResult> rows, IReadOnlyList<Measurement> measurements) => JsonSerializer.Serialize(
        new
        {
            Rows = rows.Select(row => new
            {
                row.Row.Id, row.Row.Fault, Passed = row.HasPassed, FreedMs = row.Freed?.TotalMilliseconds, LimitMs = row.Row.Limit?.TotalMilliseconds,
                SilenceMs = row.Silence.TotalMilliseconds, row.Heard,
                Variants = row.Variants.Select(variant => new
                {
                    variant.Name, Passed = variant.HasPassed, variant.Heard, FreedMs = variant.Freed?.TotalMilliseconds, SilenceMs = variant.Silence.TotalMilliseconds,
                    TookMs = variant.Took.TotalMilliseconds, variant.RelayMs, variant.LatenessMs, variant.Repeated, variant.Problems,
                }),
            }),
            Measurements = measurements,
        },
        Indented);

    private static string Verdict(RowResult row)
    {
        var failed = row.Variants.Where(variant => !variant.HasPassed).Select(variant => variant.Name).ToList();
        var missing = row.Row.Variants.Count - row.Variants.Count;
        return failed.Count > 0 ? $"FAILED: {string.Join("; ", failed)}" : missing > 0 ? $"FAILED: {missing} not run" : "passed";
    }

    private static string Shorten(string text) => text.Length <= MostHeard ? text : text[..(MostHeard - 1)].TrimEnd() + "…";

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture) + " ms";
}
