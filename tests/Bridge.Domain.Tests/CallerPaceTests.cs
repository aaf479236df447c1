using Bridge.Domain.CallerAudio;

namespace Bridge.Domain.Tests;

/// <summary>How fast a caller's audio may come. Frames are 20 ms; a burst of two seconds, a stall of ten, a patience of ten.</summary>
public sealed class CallerPaceTests
{
    private const int Frame = 160;

    private readonly CallerPace _pace = new(2_000, 10_000, TimeSpan.FromSeconds(10));
    private double _ms;

    [Test]
    public void Real_time_passes_for_hours() => Assert.That(Drops(seconds: 5 * 3600, everyMs: 20), Is.Zero);

    [TestCase(20.0 / 1.0001, TestName = "A_clock_that_is_a_ten_thousandth_fast_passes_for_hours")]
    [TestCase(20.0 / 1.19, TestName = "So_does_one_that_is_a_fifth_fast")]
    public void Fast_clocks(double everyMs) => Assert.That(Drops(4 * 3600, everyMs), Is.Zero);

    [Test]
    public void Frames_that_come_in_bunches_pass()
    {
        for (var second = 0; second < 600; second++)
            Assert.That(AtOnce(50), Is.Zero, $"after {_ms} ms");
    }

    [TestCase(1.3)]
    [TestCase(2)]
    [TestCase(50)]
    public void A_flood_is_dropped_and_hopeless_ten_seconds_after_its_first_drop(double times)
    {
        double? firstDrop = null;
        while (!_pace.IsHopeless && _ms < 100_000)
        {
            if (!Take(20 / times))
                firstDrop ??= _ms;
        }

        Assert.That(firstDrop, Is.Not.Null);
        Assert.That(_ms - firstDrop, Is.EqualTo(10_000).Within(400), "at once, or with the next drop");
    }

    [Test]
    public void A_flood_is_not_hopeless_a_moment_before_that()
    {
        AtOnce(101);
        Assert.That(Drops(9.9, everyMs: 10), Is.GreaterThan(300));

        Assert.That(_pace.IsHopeless, Is.False);
    }

    [Test]
    public void A_burst_of_two_seconds_passes_and_no_frame_more() => Assert.That((AtOnce(100, after: 0), AtOnce(1, after: 0)), Is.EqualTo((0, 1)));

    [Test]
    public void A_stall_of_eight_seconds_and_its_backlog_lose_nothing_whenever_they_come()
    {
        foreach (var before in new[] { 0.0, 1, 60 })
        {
            var pace = new CallerPace(2_000, 10_000, TimeSpan.FromSeconds(10));
            for (var ms = 0.0; ms < before * 1000; ms += 20)
                Assert.That(pace.Take(Frame, TimeSpan.FromMilliseconds(ms)), Is.True);
            var then = TimeSpan.FromSeconds(before + 8);
            Assert.That(Enumerable.Range(0, 400).Count(_ => !pace.Take(Frame, then)), Is.Zero, $"a stall after {before} s");
        }
    }

    [Test]
    public void One_stall_may_follow_another_when_there_was_real_time_between_them()
    {
        for (var stall = 0; stall < 10; stall++)
        {
            Assert.That(Drops(seconds: 40, everyMs: 20), Is.Zero, $"stall {stall}");
            _ms += 8_000;
            Assert.That(AtOnce(400, after: 0), Is.Zero, $"stall {stall}");
        }
    }

    [Test]
    public void No_more_is_saved_up_than_a_burst_and_a_stall()
    {
        _ms = 3_600_000;

        Assert.That(AtOnce(1_000), Is.EqualTo(1_000 - 600));
    }

    [Test]
    public void A_stream_that_behaves_for_a_second_is_forgiven()
    {
        AtOnce(101);
        for (var i = 0; i < 20; i++)
        {
            _ms += 1_500;
            AtOnce(200, after: 0);
        }

        Assert.That(_pace.IsHopeless, Is.False);
    }

    [Test]
    public void What_is_dropped_costs_nothing_so_that_the_next_frame_in_time_passes()
    {
        AtOnce(100_000);

        Assert.That(Take(20), Is.True);
    }

    [Test]
    public void A_clock_that_stands_still_or_runs_back_gives_nothing()
    {
        AtOnce(100);
        Assert.That(AtOnce(60, after: 0), Is.Zero, "a second's worth");

        Assert.That(new[] { Take(0), Take(-500), Take(500), Take(10) }, Has.All.False);
    }

    [Test]
    public void With_a_burst_of_nothing_everything_passes()
    {
        var pace = new CallerPace(0, 10_000, TimeSpan.FromSeconds(10));

        Assert.That(Enumerable.Range(0, 100_000).All(_ => pace.Take(Frame, TimeSpan.Zero)), Is.True);
        Assert.That(pace.IsHopeless, Is.False);
    }

    /// <summary>A frame, so much later. Was it let through?</summary>
    private bool Take(double after) => _pace.Take(Frame, TimeSpan.FromMilliseconds(_ms += after));

    private int AtOnce(int frames, double after = 1_000)
    {
        _ms += after;
        return Enumerable.Range(0, frames).Count(_ => !Take(0));
    }

    private int Drops(double seconds, double everyMs) => Enumerable.Range(0, (int)(seconds * 1000 / everyMs)).Count(_ => !Take(everyMs));
}
