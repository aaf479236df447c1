using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;

namespace Bridge.Benchmarks;

/// <summary>The results as one document that is checked in: the machine first, for a figure without it says nothing.</summary>
internal static class ResultsFile
{
    /// <summary>Writes the document; a file of that name is replaced.</summary>
    /// <param name="path">Relative to where the command was typed.</param>
    /// <param name="loadBefore">What the machine did before, as <see cref="Load"/> told it; null when it did not.</param>
    /// <param name="summaries">At least one, with results.</param>
    public static void Write(string path, string? loadBefore, IReadOnlyList<Summary> summaries)
    {
        var first = summaries[0].Reports[0];
        var text = new StringBuilder("# Results\n\nWhich columns to look at: `../README.md`.\n\n```\n");
        text.AppendJoin('\n', summaries[0].HostEnvironmentInfo.ToFormattedString()).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"Runtime: {first.GetRuntimeInfo()}; {first.GetGcInfo()}\n");
        text.Append(CultureInfo.InvariantCulture, $"Kernel: {Environment.OSVersion.VersionString}\n");
        if (loadBefore is not null)
            text.Append(CultureInfo.InvariantCulture, $"Load of the machine before, over 1, 5 and 15 minutes: {loadBefore}\n");
        text.Append(CultureInfo.InvariantCulture, $"Job: {first.BenchmarkCase.Job.DisplayInfo}\n");
        text.Append(CultureInfo.InvariantCulture, $"Measured: {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC\n```\n");
        foreach (var summary in summaries)
            Append(text, summary);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text.ToString());
        Console.WriteLine($"Saved: {path}");
    }

    /// <summary>How busy the machine is, over 1, 5 and 15 minutes; null where it does not say. More than a little, and the means are noise.</summary>
    public static string? Load() => File.Exists("/proc/loadavg") ? string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : null;

    private static void Append(StringBuilder text, Summary summary)
    {
        var columns = summary.Table.Columns.Where(c => c.NeedToShow).ToArray();
        text.Append(CultureInfo.InvariantCulture, $"\n## {summary.BenchmarksCases[0].Descriptor.Type.Name}\n\n");
        Row(text, columns.Select(c => c.Header));
        Row(text, columns.Select(c => c.Justify == SummaryTable.SummaryTableColumn.TextJustification.Right ? "---:" : "---"));
        for (var line = 0; line < summary.Table.FullContent.Length; line++)
            Row(text, columns.Select(c => c.Content[line]));
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
