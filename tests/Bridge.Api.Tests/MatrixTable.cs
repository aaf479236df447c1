using System.Text;

namespace Bridge.Api.Tests;

/// <summary>The outcome of the matrix: for each line the distance between told and heard, and whatever must not happen at all.</summary>
internal sealed class MatrixTable
{
    /// <summary>The furthest that told and heard may be apart, milliseconds, where nothing jitters: one frame.</summary>
    public const int BoundMs = 20;

    private readonly List<(MatrixLine Line, List<MatrixTruncation> All, int NothingToCut, List<string> Faults)> _rows = [];

    public void Add(MatrixLine line, IReadOnlyCollection<MatrixCall> calls) => _rows.Add((
        line, [.. calls.SelectMany(call => call.Truncations)], calls.Sum(call => call.NothingToCut), [.. calls.SelectMany(call => call.Faults)]));

    public int Interruptions => _rows.Sum(row => row.All.Select(one => one.Cell).Distinct().Count() + row.NothingToCut);

    /// <summary>Everything that is not as it should be.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var (line, all, _, faults) in _rows)
        {
            var bound = BoundMs + line.JitterMs;
            if (Percentile(all, 0.99) is var p99 && p99 > bound)
                yield return FormattableString.Invariant($"{line.Name}: p99 is {p99:F1} ms, allowed are {bound}");
            foreach (var item in all.Where(one => one.IsForgotten && one.DifferenceMs > bound))
                yield return $"{line.Name}: unheard and not truncated: {item}";
            foreach (var item in all.Where(one => one.IsNeedless && -one.DifferenceMs > bound))
                yield return $"{line.Name}: heard to its end and truncated: {item}";
            foreach (var fault in faults)
                yield return $"{line.Name}: {fault}";
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine("told (audio_end_ms) - heard (when the clear took effect), milliseconds");
        text.Append("line                  items  p50 abs  p99 abs  max abs     from .. to     at 0")
            .AppendLine("  untold  needless  nothing to cut  allowed");
        foreach (var (line, all, nothing, _) in _rows.OrderBy(row => Array.IndexOf(MatrixPlan.Lines, row.Line)))
        {
            var (least, most) = all.Count == 0 ? (0, 0) : (all.Min(one => one.DifferenceMs), all.Max(one => one.DifferenceMs));
            var queued = all.Count(one => one.ToldMs == 0 && one.HeardMs == 0);
            var (untold, needless, bound) = (all.Count(one => one.IsForgotten), all.Count(one => one.IsNeedless), BoundMs + line.JitterMs);
            text.Append(FormattableString.Invariant($"{line.Name,-20} {all.Count,6} {Percentile(all, 0.5),8:F2} {Percentile(all, 0.99),8:F2} "))
                .Append(FormattableString.Invariant($"{Percentile(all, 1),8:F2} {least,8:F1} .. {most,-6:F1} {queued,5} "))
                .AppendLine(FormattableString.Invariant($"{untold,7} {needless,9} {nothing,15} {bound,8}"));
        }

        // Where nothing jitters the causes are the bridge's own.
        var steady = _rows.Where(row => row.Line.JitterMs == 0).SelectMany(row => row.All).ToList();
        Append(text, "delta", steady.GroupBy(one => $"{one.Cell.Answer.DeltaMs,5} ms"));
        Append(text, "speed", steady.GroupBy(one => FormattableString.Invariant($"{one.Cell.Answer.Speed}")));
        Append(text, "shape", steady.GroupBy(one => $"{one.Cell.Shape}"));
        Append(text, "moment", steady.GroupBy(one => $"{one.Cell.Moment}"));
        text.AppendLine().AppendLine("each interruption, the furthest apart first:");
        foreach (var (line, all, _, _) in _rows)
        {
            foreach (var item in all.OrderByDescending(one => Math.Abs(one.DifferenceMs)))
                text.AppendLine($"  {line.Name}: {item}: {Why(line, item)}");
        }

        return text.ToString();
    }

    private static string Why(MatrixLine line, MatrixTruncation item) => item switch
    {
        { ToldMs: 0, HeardMs: 0 } => "behind what was heard",
        { IsForgotten: true } => "heard to its end by our clock; the line held its end up",
        { IsNeedless: true } => "its end was heard while the clear was on its way",
        _ when Math.Abs(item.DifferenceMs) <= 1 => "whole milliseconds, rounded down",
        _ when line.JitterMs > 0 => "the line was slower or faster at the clear than at the first byte",
        _ => "marks that came by another way than the audio moved the playhead",
    };

    private static void Append(StringBuilder text, string by, IEnumerable<IGrouping<string, MatrixTruncation>> groups)
    {
        text.AppendLine().AppendLine($"by {by}, lines without jitter    items  p50 abs  p99 abs  max abs");
        foreach (var group in groups.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            List<MatrixTruncation> all = [.. group];
            text.AppendLine(FormattableString.Invariant(
                $"  {group.Key,-28} {all.Count,7} {Percentile(all, 0.5),8:F2} {Percentile(all, 0.99),8:F2} {Percentile(all, 1),8:F2}"));
        }
    }

    // Items that lie behind what was heard are told and heard at zero: they prove something, but not a distance.
    private static double Percentile(List<MatrixTruncation> all, double share)
    {
        double[] sorted = [.. all.Where(one => one.ToldMs != 0 || one.HeardMs > 0).Select(one => Math.Abs(one.DifferenceMs)).Order()];
        return sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
