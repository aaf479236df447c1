using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>The closing table as a reader sees it.</summary>
internal sealed class LoadTableTests
{
    private static readonly LoadResult[] TwoRounds =
    [
        Runs.Of(Subjects.Bridge, 1100, 0.5, 0.6, reactionMs: 0.55), Runs.Of(Subjects.Relay, 2000, 0.9, 0.8), Runs.Of(Subjects.Tuned, 1000),
        Runs.Of(Subjects.Bridge, 1300, 0.7, 0.6, reactionMs: 0.55), Runs.Of(Subjects.Relay, 2000, 0.9, 0.8), Runs.Of(Subjects.Tuned, 1000),
    ];

    [Test]
    public void It_has_a_column_for_each_subject_and_a_row_for_each_figure()
    {
        var lines = Print(TwoRounds);
        Assert.Multiple(() =>
        {
            Assert.That(lines[0], Is.EqualTo("2 cores (Some CPU), Some Linux 12, kernel 6.1.0, .NET 10.0.1"));
            Assert.That(lines[1], Is.EqualTo("200 calls (100 set up a second), 20 s measured after 5 s, the model without TLS"));
            Assert.That(Cells(lines[3]), Is.EqualTo(new[] { "bridge", "relay", "relay, tuned" }));
            Assert.That(Row(lines, "CPU of a call-second, µs"), Is.EqualTo(new[] { "1200 (1100–1300)", "2000 (2000–2000)", "1000 (1000–1000)" }));
            Assert.That(Row(lines, "  user + system"), Is.EqualTo(new[] { "900 + 300", "1500 + 500", "750 + 250" }));
            Assert.That(Row(lines, "CPU of a set-up, µs")[0], Is.EqualTo("1500"));
            Assert.That(Row(lines, "  added up")[0], Is.EqualTo("0.60 / 0.60 / 0.60 / 0.70"));
            Assert.That(Row(lines, "  speech_started to clear"), Is.EqualTo(new[] { "0.55 / 0.55 / 0.55 / 0.55", "–", "–" }));
            Assert.That(Row(lines, "  webhook to TwiML")[1], Is.EqualTo("–"));
            Assert.That(Row(lines, "  up")[0], Is.EqualTo("0 / 0 / 0 of 400000"));
            Assert.That(lines[Array.FindIndex(lines, line => line.StartsWith("memory a call", StringComparison.Ordinal)) + 1], Does.Contain("40.0 / 70.0"));
            Assert.That(Row(lines, "threads / handles")[2], Is.EqualTo("14 / 812"));
            Assert.That(Row(lines, "generator's CPU, µs")[0], Is.EqualTo("480"));
            Assert.That(Row(lines, "runs that count")[0], Is.EqualTo("2 of 2"));
        });
    }

    [Test]
    public void The_ratios_stand_below_and_the_verdict_on_clear()
    {
        var lines = Print(TwoRounds);
        Assert.That(lines, Has.One.EqualTo("bridge / relay          CPU 0.60 (0.55–0.65)   up p99 0.67 (0.56–0.78)   down p99 0.75 (0.75–0.75)   rounds 1, 2"));
        Assert.That(lines, Has.One.StartsWith("bridge / relay, tuned   CPU 1.20 (1.10–1.30)   up p99"));
        Assert.That(lines, Has.One.EqualTo("speech_started to clear: p99 0.55 ms of 200, within the 0.60 ms added down"));
    }

    [Test]
    public void Another_kind_of_load_is_called_by_its_name()
    {
        var run = Runs.Of(Subjects.Bridge, 1100);
        Assert.Multiple(() =>
        {
            Assert.That(
                Print([run with { Plan = Runs.Plan with { SetUpsPerSecond = 200 } }])[1],
                Is.EqualTo("200 short calls set up a second, 20 s measured after 5 s, the model without TLS"));
            Assert.That(
                Print([run with { Plan = Runs.Plan with { IsQuiet = true, Tls = true } }])[1],
                Is.EqualTo("200 quiet calls (100 set up a second), 20 s measured after 5 s, the model behind TLS"));
        });
    }

    [Test]
    public void A_slow_clear_is_made_plain()
    {
        var lines = Print([Runs.Of(Subjects.Bridge, 1100, reactionMs: 2)]);
        Assert.That(lines, Has.One.EqualTo("speech_started to clear: p99 2.00 ms of 100, NOT WITHIN the 1.00 ms added down"));
        Assert.That(lines, Has.One.EqualTo("  100 took longer than that; by chance it is up to 3"));
    }

    [Test]
    public void A_clear_that_may_be_slow_by_chance_is_not_called_slow()
    {
        var lines = Print([Runs.Of(Subjects.Bridge, 1100) with { Reaction = Runs.Delays([.. Enumerable.Repeat(0.5, 178), 2, 3]) }]);
        Assert.That(lines, Has.One.EqualTo("speech_started to clear: p99 2.00 ms of 180, too few to tell whether it is within the 1.00 ms added down"));
        Assert.That(lines, Has.One.EqualTo("  2 took longer than that; by chance it is up to 4"));
    }

    [Test]
    public void It_fits_a_wide_terminal_even_with_large_figures()
    {
        var delays = Runs.Delays([.. Enumerable.Repeat(12.34, 900), .. Enumerable.Repeat(345.6, 95), .. Enumerable.Repeat(4567.8, 5)]);
        var run = Runs.Of(Subjects.Bridge, 12_345) with
        {
            Reaction = delays,
            Up = new DirectionFigures(delays, new FrameCount(9_999_999, 9_999_000, 999, 12, 3)),
            Moments = Runs.Moments(12, 120, 130),
        };
        var lines = Print([run, run with { Subject = Subjects.Relay }, run with { Subject = Subjects.Tuned }]);
        Assert.That(lines.Max(line => line.Length), Is.LessThanOrEqualTo(120));
    }

    [Test]
    public void A_run_that_does_not_count_is_in_no_figure_and_is_named_with_the_reason()
    {
        var lines = Print([.. TwoRounds, Runs.Of(Subjects.Bridge, 9000, lateMs: 7.3), Runs.Of(Subjects.Relay, 9000) with { SetUpsFailed = 1 }]);
        Assert.Multiple(() =>
        {
            Assert.That(Row(lines, "CPU of a call-second, µs")[0], Is.EqualTo("1200 (1100–1300)"));
            Assert.That(Row(lines, "runs that count")[..2], Is.EqualTo(new[] { "2 of 3", "2 of 3" }));
            Assert.That(lines, Has.One.EqualTo("bridge, round 3, does not count: the generator itself was 7.3 ms late (p99; at most 5)."));
            Assert.That(lines, Has.One.EqualTo("relay, round 3, does not count: 1 calls could not be set up."));
        });
    }

    [Test]
    public void Lost_frames_are_summed_over_all_runs_even_those_that_do_not_count()
    {
        var bad = Runs.Of(Subjects.Relay, 1000, lateMs: 9) with { Down = new DirectionFigures(Runs.Delays(1), new FrameCount(100, 96, 4, 2, 1)) };
        var lines = Print([Runs.Of(Subjects.Bridge, 1000), bad, bad]);
        Assert.That(Row(lines, "  down"), Is.EqualTo(new[] { "0 / 0 / 0 of 100000", "!! 8 / 4 / 2 of 200" }));
        Assert.That(lines, Has.One.EqualTo("FRAMES: relay did not carry every frame as it was."));
        Assert.That(lines, Has.None.Contains("FRAMES: bridge"));
    }

    [Test]
    public void What_was_not_measured_is_a_dash()
    {
        var lines = Print([Runs.Of(Subjects.Bridge, 1000) with { Use = null }, Runs.Of(Subjects.Relay, 1000) with { Use = new SubjectUse(1, 2, double.NaN, 2048, 3, 4, double.NaN) }]);
        Assert.Multiple(() =>
        {
            Assert.That(Row(lines, "CPU of a call-second, µs"), Is.EqualTo(new[] { "–", "3" }));
            Assert.That(Row(lines, "CPU of a set-up, µs"), Is.EqualTo(new[] { "–", "–" }));
            Assert.That(lines, Has.One.Matches<string>(line => line!.EndsWith("– / 2.0", StringComparison.Ordinal)));
        });
    }

    [Test]
    public void A_long_run_shows_what_grew()
    {
        var lines = Print([Runs.Of(Subjects.Bridge, 1000) with { Moments = Runs.Moments(9, 100, 180) }]);
        Assert.That(Row(lines, "  memory, MiB"), Is.EqualTo(new[] { "110.0 → 170.0" }));
        Assert.That(Row(lines, "  handles"), Is.EqualTo(new[] { "1612 → 1612" }));
        Assert.That(Row(lines, "  added up, p99 ms"), Is.EqualTo(new[] { "0.90 → 0.90" }));
        Assert.That(Print(TwoRounds), Has.None.StartsWith("over the window"));
    }

    [Test]
    public void No_result_is_said_to_be_none() => Assert.That(Print([]), Is.EqualTo(new[] { "Nothing was measured.", "" }));

    private static string[] Print(IReadOnlyList<LoadResult> results)
    {
        using var text = new StringWriter();
        LoadTable.Print(text, results, Runs.Machine);
        return text.ToString().Split(Environment.NewLine);
    }

    private static string[] Row(string[] lines, string name) =>
        Cells(lines.Single(line => line.StartsWith(name + "  ", StringComparison.Ordinal))[name.Length..]);

    private static string[] Cells(string line) => line.Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
