using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>Whether clear is as fast as the audio it overtakes, and when that cannot be told.</summary>
internal sealed class ReactionTests
{
    [TestCase(0.8, true)]
    [TestCase(1.2, false)]
    public void Clear_is_held_against_the_delay_of_its_own_way(double reactionMs, bool within) =>
        Assert.That(Of(Enumerable.Repeat(reactionMs, 100))!.IsWithinDelay, Is.EqualTo(within));

    [TestCase(99, null)]
    [TestCase(100, true)]
    public void Of_fewer_than_a_hundred_that_were_fast_nothing_is_said(int interruptions, bool? within) =>
        Assert.That(Of(Enumerable.Repeat(0.5, interruptions))!.IsWithinDelay, Is.EqualTo(within));

    // P(X > most) <= 5 % < P(X > most - 1) for the binomial distribution of one in a hundred; from tables.
    [TestCase(1, 0)]
    [TestCase(5, 0)]
    [TestCase(6, 1)]
    [TestCase(35, 1)]
    [TestCase(100, 3)]
    [TestCase(178, 4)]
    [TestCase(1_000, 15)]
    [TestCase(20_000, 223)]
    public void One_in_a_hundred_may_be_longer_and_some_more_by_chance(int interruptions, int byChance) =>
        Assert.That(Of(Enumerable.Repeat(0.5, interruptions))!.MostByChance, Is.EqualTo(byChance));

    [TestCase(1, true)]
    [TestCase(2, null)]
    [TestCase(4, null)]
    [TestCase(5, false)]
    public void Of_178_interruptions_it_is_called_slow_from_five_on_that_took_longer(int longer, bool? within)
    {
        var reaction = Of([.. Enumerable.Repeat(0.5, 178 - longer), .. Enumerable.Repeat(2.0, longer)])!;
        Assert.That((reaction.Longer, reaction.IsWithinDelay), Is.EqualTo((longer, within)));
    }

    [Test]
    public void Of_many_a_fiftieth_is_too_many() =>
        Assert.That(Of([.. Enumerable.Repeat(0.5, 19_600), .. Enumerable.Repeat(2.0, 400)])!.IsWithinDelay, Is.False);

    [Test]
    public void Where_nobody_interrupted_there_is_no_verdict() => Assert.That(Of([]), Is.Null);

    /// <summary>Audio was added 1 ms, each frame.</summary>
    private static Reaction? Of(IEnumerable<double> milliseconds) => Reaction.Of(Runs.Delays([.. milliseconds]), Runs.Delays(1));
}
