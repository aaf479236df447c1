using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>The bridge against the relays, round by round.</summary>
internal sealed class LoadRatiosTests
{
    [Test]
    public void Each_round_is_divided_by_its_own_round_and_the_median_is_told()
    {
        // The machine slows down from round to round; the ratio does not mind.
        var ratios = LoadRatios.Of(
        [
            Runs.Of(Subjects.Bridge, 600, 1, 2), Runs.Of(Subjects.Relay, 1000, 1, 1),
            Runs.Of(Subjects.Bridge, 1400, 3, 2), Runs.Of(Subjects.Relay, 2000, 2, 1),
            Runs.Of(Subjects.Bridge, 3200, 2, 2), Runs.Of(Subjects.Relay, 4000, 1, 1),
        ]);
        var one = ratios.Comparisons.Single();
        Assert.Multiple(() =>
        {
            Assert.That(one.Against, Is.EqualTo(Subjects.Relay));
            Assert.That(one.Rounds.Select(round => round.Cpu), Is.EqualTo(new[] { 0.6, 0.7, 0.8 }).Within(0.001));
            Assert.That((one.Cpu.Median, one.Cpu.Least, one.Cpu.Most), Is.EqualTo((0.7, 0.6, 0.8)).Within(0.001));
            Assert.That(one.UpP99.Median, Is.EqualTo(1.5).Within(0.02));
            Assert.That(one.DownP99.Median, Is.EqualTo(2).Within(0.02));
        });
    }

    [Test]
    public void With_two_rounds_the_median_lies_between_them()
    {
        var one = LoadRatios.Of(
        [
            Runs.Of(Subjects.Bridge, 600), Runs.Of(Subjects.Tuned, 1000), Runs.Of(Subjects.Bridge, 700), Runs.Of(Subjects.Tuned, 1000),
        ]).Comparisons.Single();
        Assert.That(one.Against, Is.EqualTo(Subjects.Tuned));
        Assert.That(one.Cpu.Median, Is.EqualTo(0.65).Within(0.001));
    }

    [Test]
    public void A_round_in_which_one_of_them_does_not_count_is_left_out()
    {
        var ratios = LoadRatios.Of(
        [
            Runs.Of(Subjects.Bridge, 600), Runs.Of(Subjects.Relay, 1000, lateMs: 9), Runs.Of(Subjects.Tuned, 500),
            Runs.Of(Subjects.Bridge, 800), Runs.Of(Subjects.Relay, 1000), Runs.Of(Subjects.Tuned, 800, lateMs: 9),
        ]);
        var (stock, tuned) = (ratios.Comparisons[0], ratios.Comparisons[1]);
        Assert.That(stock.Rounds.Select(round => (round.Round, round.Cpu)), Is.EqualTo(new[] { (2, 0.8) }));
        Assert.That(tuned.Rounds.Select(round => (round.Round, round.Cpu)), Is.EqualTo(new[] { (1, 1.2) }));
    }

    [Test]
    public void Without_a_relay_or_without_a_bridge_there_is_no_ratio()
    {
        Assert.That(LoadRatios.Of([Runs.Of(Subjects.Bridge, 600)]).Comparisons, Is.Empty);
        Assert.That(LoadRatios.Of([Runs.Of(Subjects.Relay, 600), Runs.Of(Subjects.Tuned, 600)]).Comparisons, Is.Empty);
        Assert.That(LoadRatios.Of([]).Comparisons, Is.Empty);
    }

    [Test]
    public void A_bridge_whose_process_is_not_known_has_ratios_of_delay_only()
    {
        var one = LoadRatios.Of([Runs.Of(Subjects.Bridge, 600, 2) with { Use = null }, Runs.Of(Subjects.Relay, 1000, 1)]).Comparisons.Single();
        Assert.That(one.Cpu.Rounds, Is.Zero);
        Assert.That(one.UpP99.Median, Is.EqualTo(2).Within(0.02));
    }

    [Test]
    public void Clear_is_judged_over_all_runs_that_count()
    {
        var ratios = LoadRatios.Of(
        [
            Runs.Of(Subjects.Bridge, 600, downMs: 1) with { Reaction = Runs.Delays([.. Enumerable.Repeat(0.5, 100)]) },
            Runs.Of(Subjects.Bridge, 600, downMs: 1) with { Reaction = Runs.Delays([.. Enumerable.Repeat(0.5, 98), 3, 3]) },
            Runs.Of(Subjects.Bridge, 600, downMs: 1, lateMs: 9, reactionMs: 30),
        ]);
        Assert.That((ratios.Reaction!.Count, ratios.Reaction.P99.TotalMilliseconds), Is.EqualTo((200, 0.5)).Within(0.01));
    }

    [Test]
    public void Where_nobody_interrupted_there_is_no_verdict()
    {
        Assert.That(LoadRatios.Of([Runs.Of(Subjects.Bridge, 600)]).Reaction, Is.Null);
    }
}
