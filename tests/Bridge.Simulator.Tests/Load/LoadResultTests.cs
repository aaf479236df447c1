using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>Which runs say something.</summary>
internal sealed class LoadResultTests
{
    [Test]
    public void A_punctual_run_counts() => Assert.That(Runs.Of(Subjects.Bridge, 1000, lateMs: 4.9).WhyNot, Is.Null);

    [Test]
    public void A_run_with_a_late_generator_does_not_count_and_says_so()
    {
        var run = Runs.Of(Subjects.Bridge, 1000, lateMs: 7.3);
        Assert.That(run.Counts, Is.False);
        Assert.That(run.WhyNot, Is.EqualTo("the generator itself was 7.3 ms late (p99; at most 5)"));
    }

    [Test]
    public void A_run_is_judged_by_the_p99_of_the_lateness_and_not_by_its_worst_moment()
    {
        var late = Runs.Delays([.. Enumerable.Repeat(0.2, 199), 50]);
        var run = Runs.Of(Subjects.Bridge, 1000) with { Generator = new GeneratorUse(late, 400) };
        Assert.That(run.Counts, Is.True);
    }

    [Test]
    public void A_run_in_which_calls_were_missing_does_not_count()
    {
        var run = Runs.Of(Subjects.Bridge, 1000) with { SetUpsFailed = 3 };
        Assert.That(run.WhyNot, Is.EqualTo("3 calls could not be set up"));
    }

    [Test]
    public void Frames_add_up()
    {
        var sum = new FrameCount(10, 9, 1, 0, 0) + new FrameCount(5, 5, 0, 2, 3);
        Assert.That(sum, Is.EqualTo(new FrameCount(15, 14, 1, 2, 3)));
        Assert.That(sum.AreWhole, Is.False);
        Assert.That(new FrameCount(5, 5, 0, 0, 0).AreWhole, Is.True);
    }
}
