using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>
/// A line of the matrix: how Twilio and the way to it behave, by how much their delay varies, and how long after the start of the stream
/// the model is there.
/// </summary>
internal sealed record MatrixLine(
    string Name, LineConditions Conditions, int JitterMs = 0, bool ReturnMarks = true, int OpensAfterMs = 330);

/// <summary>What the answer looks like that is interrupted.</summary>
internal enum MatrixShape
{
    OneItem,
    TwoItems,
    ThreeItems,
    WithAStall,
}

/// <summary>When, of the answer as it is heard.</summary>
internal enum MatrixMoment
{
    First300Ms,
    Middle,
    Last100Ms,
    LongAfterGeneration,
}

/// <summary>
/// One interruption: of this answer, when <paramref name="AtMs"/> of its audio are heard, and <paramref name="LaterMs"/> of time later.
/// </summary>
internal sealed record MatrixCell(ModelAnswer Answer, MatrixShape Shape, MatrixMoment Moment, int AtMs, double LaterMs)
{
    public override string ToString() =>
        FormattableString.Invariant($"{Shape} {string.Join('+', Answer.Items.Select(Length))} ms, deltas {Answer.DeltaMs}, ")
        + FormattableString.Invariant($"speed {Answer.Speed}, {Moment} at {AtMs}+{LaterMs:F1}");

    private static string Length(AnswerItem item) =>
        item.StallMs == 0 ? $"{item.Audio.Length / 8}" : $"{item.Audio.Length / 8} (stalls {item.StallMs} after {item.StallAfterMs})";
}

/// <summary>
/// The selection: on each line every length of delta meets every moment twice, in two shapes; over four lines each combination of the three
/// comes up. Lengths, speeds and the exact moments are thrown with a fixed seed. Eight calls a line, five interruptions a call.
/// </summary>
internal static class MatrixPlan
{
    public const int Calls = 8;

    public static readonly MatrixLine[] Lines =
    [
        new("no delay", new()),
        new("60 up, 60 down", new() { UpDelayMs = 60, DownDelayMs = 60 }),
        new("150 up, 150 down", new() { UpDelayMs = 150, DownDelayMs = 150 }),
        new("0 up, 150 down", new() { DownDelayMs = 150 }),
        new("150 up, 0 down", new() { UpDelayMs = 150 }),
        new("60/60, jitter 30", new() { UpDelayMs = 60, DownDelayMs = 60, UpJitterMs = 30, DownJitterMs = 30 }, JitterMs: 30),
        new("60/60, jitter 60", new() { UpDelayMs = 60, DownDelayMs = 60, UpJitterMs = 60, DownJitterMs = 60 }, JitterMs: 60),

        // Frames leave each 20 ms, so the first of a batch of three is 40 ms late and the last is not.
        new("batches of 60", new() { BatchMs = 60 }, JitterMs: 40),
        new("marks held 300", new() { MarkHoldMs = 300 }),
        new("marks never", new(), ReturnMarks: false),
        new("greeted at once", new() { UpDelayMs = 60, DownDelayMs = 60 }, OpensAfterMs: 0),
        new("clear's marks first", new() { UpDelayMs = 60, DownDelayMs = 60, MarkHoldMs = 100, ClearReturnsMarksFirst = true }),
    ];

    private static readonly int[] Deltas = [20, 100, 400, 1000, 5000];

    /// <summary>The calls of one line, each a list of answers to be interrupted one after the other.</summary>
    public static IEnumerable<List<MatrixCell>> Of(MatrixLine line)
    {
        var number = Array.IndexOf(Lines, line);
        var dice = new Random(2026 + number);
        for (var call = 0; call < Calls; call++)
        {
            var shape = (MatrixShape)((call + (call / 4) + number) % 4);
            var cells = Deltas.Select((delta, i) => Cell(delta, shape, (MatrixMoment)((call + i) % 4), dice)).ToList();

            // Each call begins with another length of delta.
            yield return [.. cells[(call % 5)..], .. cells[..(call % 5)]];
        }
    }

    private static MatrixCell Cell(int delta, MatrixShape shape, MatrixMoment moment, Random dice)
    {
        var after = moment == MatrixMoment.LongAfterGeneration;
        double[] speeds = after ? [0, 4] : shape == MatrixShape.WithAStall ? [0, 1, 2] : [0, 0.5, 1, 2, 4];
        var speed = speeds[dice.Next(speeds.Length)];
        var items = Items(delta, shape, after, dice);
        var total = items.Sum(item => item.Audio.Length / 8);
        var at = moment switch
        {
            MatrixMoment.First300Ms => dice.Next(300),
            MatrixMoment.Middle when shape == MatrixShape.WithAStall && dice.Next(2) == 0 => items[0].StallAfterMs,
            MatrixMoment.Middle => total * dice.Next(30, 80) / 100,
            MatrixMoment.Last100Ms => total - dice.Next(1, 100),
            _ => total * dice.Next(60, 90) / 100,
        };

        // A moment in the stall is somewhere in its silence; any other somewhere in a frame.
        var later = dice.NextDouble() * (shape == MatrixShape.WithAStall && at == items[0].StallAfterMs ? 400 : 20);
        return new MatrixCell(new ModelAnswer(items, speed, delta), shape, moment, at, Math.Round(later, 1));
    }

    private static List<AnswerItem> Items(int delta, MatrixShape shape, bool isLong, Random dice)
    {
        var scale = isLong ? 2 : 1;
        switch (shape)
        {
            case MatrixShape.TwoItems:
                return [Item(1200, 2400), Item(1200, 2400)];
            case MatrixShape.ThreeItems:
                return [Item(800, 1600), Item(800, 1600), Item(800, 1600)];
            case MatrixShape.OneItem:
                return [delta == 5000 ? Item(5100, 6500) : Item(2000, 4000)];
            default:
                // The stall begins between two deltas, and lasts longer than what is queued by then.
                var before = delta * Math.Max(1, (600 + dice.Next(600)) / delta);
                var whole = delta == 5000 ? Item(5100, 6500) : Item(2000, 4000);
                return [whole with { StallAfterMs = before, StallMs = before + dice.Next(450, 1200) }];
        }

        AnswerItem Item(int from, int to) => AnswerItem.Tone(dice.Next(from * scale / 20, to * scale / 20) * 20);
    }
}
