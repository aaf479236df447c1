using System.Globalization;

namespace Bridge.Simulator.Load.Figures;

/// <summary>The closing table: a column for each subject, then the ratios, then what does not count and why.</summary>
internal static class LoadTable
{
    private const string Nothing = "–";
    private const double Kibi = 1024;

    /// <summary>Prints what all rounds gave, in the order in which they ran.</summary>
    public static void Print(TextWriter to, IReadOnlyList<LoadResult> results, Machine machine)
    {
        if (results.Count == 0)
        {
            to.WriteLine("Nothing was measured.");
            return;
        }

        var columns = results.GroupBy(run => run.Subject).Select(runs => new SubjectColumn(runs.Key, [.. runs])).ToList();
        to.WriteLine(machine);
        to.WriteLine(Describe(results[0].Plan));
        to.WriteLine();
        foreach (var line in Aligned(Rows(columns)))
            to.WriteLine(line);
        to.WriteLine();
        to.WriteLine("Each figure is the median of the rounds that count, each max the worst of them; frames are those of all runs.");
        PrintRatios(to, LoadRatios.Of(results));
        PrintTroubles(to, columns);
    }

    private static string Describe(LoadPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(plan.SetUpsPerSecond > 0 ? $"{plan.SetUpsPerSecond:0.#} short calls set up a second" : $"{plan.Calls} {(plan.IsQuiet ? "quiet " : "")}calls ({plan.RampPerSecond:0.#} set up a second)")}, {plan.Window.TotalSeconds:0.#} s measured after {plan.WarmUp.TotalSeconds:0.#} s, the model {(plan.Tls ? "behind TLS" : "without TLS")}");

    private static List<string[]> Rows(IReadOnlyList<SubjectColumn> columns)
    {
        List<string[]> rows =
        [
            Row("", column => column.Name),
            Row("CPU of a call-second, µs", column => Apart(column.Use(use => use.Micros))),
            Row("  user + system", column => Figures(" + ", "F0", column.Use(use => use.UserMicros), column.Use(use => use.SystemMicros))),
            Row("CPU of a set-up, µs", column => Figures("", "F0", column.Use(use => use.SetUpMicros))),
            Row("delays, ms", _ => "p50 / p99 / p99.9 / max"),
            Row("  added up", column => Delay(column, run => run.Up.Delay)),
            Row("  added down", column => Delay(column, run => run.Down.Delay)),
            Row("  speech_started to clear", column => Delay(column, run => run.Reaction)),
            Row("  webhook to TwiML", column => Delay(column, run => run.Webhook)),
            Row("  to the first audio", column => Delay(column, run => run.FirstAudio)),
            Row("  generator's own lateness", column => Delay(column, run => run.Generator.Late)),
            Row("frames", _ => "lost / reordered / changed"),
            Row("  up", column => Frames(column.Frames(run => run.Up))),
            Row("  down", column => Frames(column.Frames(run => run.Down))),
            Row("memory a call, KiB", _ => "quiet / talking"),
            Row("", column => Figures(" / ", "F1", column.Use(use => use.QuietBytesPerCall / Kibi), column.Use(use => use.BytesPerCall / Kibi))),
            Row("threads / handles", column => Figures(" / ", "F0", column.Use(use => use.Threads), column.Use(use => use.Handles))),
            Row("generator's CPU, µs", column => Figures("", "F0", column.Figure(run => run.Generator.Micros))),
            Row("runs that count", column => $"{column.Counting.Count} of {column.Runs.Count}"),
        ];
        if (columns.Any(column => column.Drift is not null))
        {
            rows.Add(Row("over the window", _ => "first third → last third"));
            rows.Add(Row("  memory, MiB", column => Change(column, moment => moment.ResidentBytes / Kibi / Kibi, "F1")));
            rows.Add(Row("  handles", column => Change(column, moment => moment.Handles, "F0")));
            rows.Add(Row("  added up, p99 ms", column => Change(column, moment => moment.UpP99.TotalMilliseconds, "F2")));
            rows.Add(Row("  added down, p99 ms", column => Change(column, moment => moment.DownP99.TotalMilliseconds, "F2")));
        }

        return rows;

        string[] Row(string name, Func<SubjectColumn, string> cell) => [name, .. columns.Select(cell)];
    }

    private static IEnumerable<string> Aligned(List<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("   ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static void PrintRatios(TextWriter to, LoadRatios ratios)
    {
        foreach (var one in ratios.Comparisons)
        {
            to.WriteLine($"{$"{Subjects.Bridge} / {one.Against}",-21}   CPU {Ratio(one.Cpu)}   up p99 {Ratio(one.UpP99)}   down p99 {Ratio(one.DownP99)}   rounds {string.Join(", ", one.Rounds.Select(round => round.Round))}");
        }

        if (ratios.Reaction is { } reaction)
            PrintReaction(to, reaction);
    }

    private static void PrintReaction(TextWriter to, Reaction reaction)
    {
        var verdict = reaction.IsWithinDelay switch
        {
            true => "within",
            false => "NOT WITHIN",
            null => "too few to tell whether it is within",
        };
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"speech_started to clear: p99 {reaction.P99.TotalMilliseconds:F2} ms of {reaction.Count}, {verdict} the {reaction.DownP99.TotalMilliseconds:F2} ms added down"));
        if (reaction.IsWithinDelay != true)
            to.WriteLine($"  {reaction.Longer} took longer than that; by chance it is up to {reaction.MostByChance}");
    }

    private static void PrintTroubles(TextWriter to, IReadOnlyList<SubjectColumn> columns)
    {
        foreach (var column in columns)
        {
            if (!(column.Frames(run => run.Up) + column.Frames(run => run.Down)).AreWhole)
                to.WriteLine($"FRAMES: {column.Name} did not carry every frame as it was.");
        }

        foreach (var column in columns)
        {
            for (var round = 0; round < column.Runs.Count; round++)
            {
                if (column.Runs[round].WhyNot is { } why)
                    to.WriteLine($"{column.Name}, round {round + 1}, does not count: {why}.");
            }
        }
    }

    private static string Delay(SubjectColumn column, Func<LoadResult, LatencyHistogram> which)
    {
        var delays = column.Counting.Select(which).Where(delay => delay.Count > 0).ToList();
        if (delays.Count == 0)
            return Nothing;
        var figures = new[] { 50, 99, 99.9 }.Select(percent => Spread.Of(delays.Select(delay => delay.Percentile(percent).TotalMilliseconds)).Median);
        return string.Join(" / ", figures.Append(delays.Max(delay => delay.Max.TotalMilliseconds)).Select(Short));
    }

    private static string Frames(FrameCount frames) => string.Create(
        CultureInfo.InvariantCulture, $"{(frames.AreWhole ? "" : "!! ")}{frames.Lost} / {frames.Reordered} / {frames.Changed} of {frames.Sent}");

    private static string Change(SubjectColumn column, Func<Moment, double> which, string format) => column.Drift is { } drift
        ? $"{which(drift.First).ToString(format, CultureInfo.InvariantCulture)} → {which(drift.Last).ToString(format, CultureInfo.InvariantCulture)}"
        : Nothing;

    private static string Figures(string between, string format, params Spread[] figures) => figures.All(figure => figure.Rounds == 0)
        ? Nothing
        : string.Join(between, figures.Select(figure => figure.Rounds == 0 ? Nothing : figure.Median.ToString(format, CultureInfo.InvariantCulture)));

    private static string Apart(Spread figure) => figure.Rounds switch
    {
        0 => Nothing,
        1 => figure.Median.ToString("F0", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{figure.Median:F0} ({figure.Least:F0}–{figure.Most:F0})"),
    };

    private static string Ratio(Spread ratio) => ratio.Rounds switch
    {
        0 => Nothing,
        1 => ratio.Median.ToString("F2", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ratio.Median:F2} ({ratio.Least:F2}–{ratio.Most:F2})"),
    };

    private static string Short(double milliseconds) =>
        milliseconds.ToString(milliseconds < 9.995 ? "F2" : milliseconds < 99.95 ? "F1" : "F0", CultureInfo.InvariantCulture);
}
