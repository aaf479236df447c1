using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>
/// The call's own time, all in milliseconds: a frame stamped 0 arrives at 5000 on a monotonic clock that began elsewhere.
/// </summary>
public sealed class MediaClockTests
{
    private readonly MediaClock _clock = new();

    [Test]
    public void Without_any_frame_the_monotonic_clock_tells_the_time() => Assert.That(After(5000, 5020), Is.EqualTo(20));

    [Test]
    public void The_first_frame_moves_nothing_whatever_its_timestamp()
    {
        var before = Now(5000);
        Frame(171, at: 5000);

        Assert.That(Now(5000), Is.EqualTo(before));
    }

    [Test]
    public void A_constant_delay_cancels()
    {
        for (var stamp = 0; stamp <= 1000; stamp += 20)
            Frame(stamp, at: 5000 + stamp + 150);

        Assert.That(After(6150, 6270), Is.EqualTo(120), "a start and an end are late by the same");
    }

    [Test]
    public void Between_two_frames_the_monotonic_clock_carries_on()
    {
        Frame(0, at: 5000);
        Frame(20, at: 5020);

        Assert.That(After(5020, 5033), Is.EqualTo(13));
    }

    [Test]
    public void Where_frames_are_missing_the_monotonic_clock_carries_on()
    {
        Frame(0, at: 5000);
        var before = Now(5000);
        Frame(3000, at: 8000);

        Assert.That(Now(8000) - before, Is.EqualTo(3000), "of which no frame told");
    }

    [Test]
    public void A_frame_that_is_delayed_more_than_the_one_before_moves_nothing()
    {
        Frame(0, at: 5000);
        var before = Now(5000);
        Frame(20, at: 5080);

        Assert.That(Now(5080) - before, Is.EqualTo(80));
    }

    [Test]
    public void Frames_that_come_together_after_a_stall_move_nothing()
    {
        Frame(0, at: 5060);
        var before = Now(5060);
        Frame(20, at: 5060);
        Frame(40, at: 5060);
        Frame(60, at: 5060);
        Frame(80, at: 5090);

        Assert.That(Now(5100) - before, Is.EqualTo(40), "the first was delayed by 60 ms and the last not at all, and 40 ms have passed");
    }

    [TestCase(7)]
    [TestCase(8)]
    [TestCase(9)]
    public void Jitter_moves_nothing_when_some_frames_come_undelayed(int seed)
    {
        var random = new Random(seed);
        Frame(0, at: 5000);
        var before = Now(5000);
        var last = 5000;
        for (var stamp = 20; stamp <= 60_000; stamp += 20)
        {
            // TCP keeps the order; at the end of each second some frames are in time.
            last = Math.Max(last, 5000 + stamp + (stamp % 1000 >= 800 ? 0 : random.Next(100)));
            Frame(stamp, at: last);
            Assert.That(Now(last) - before, Is.EqualTo(last - 5000));
        }
    }

    [TestCase(11)]
    [TestCase(12)]
    public void Within_a_minute_of_jitter_no_ten_seconds_are_measured_wrong_by_more_than_ten_ms(int seed)
    {
        var random = new Random(seed);
        var last = 5000;
        var told = new List<long>();
        for (var stamp = 0; stamp <= 60_000; stamp += 20)
        {
            last = Math.Max(last, 5000 + stamp + random.Next(100));
            Frame(stamp, at: last);
            told.Add(Now(5100 + stamp) - stamp);
        }

        Assert.That(told.Zip(told.Skip(500), (from, to) => Math.Abs(to - from)), Has.All.LessThanOrEqualTo(10));
    }

    [TestCase(100, TestName = "A_path_that_becomes_100_ms_longer_moves_nothing")]
    [TestCase(-100, TestName = "A_path_that_becomes_100_ms_shorter_moves_nothing")]
    public void Path(int by)
    {
        var before = Now(5000);
        for (var stamp = 0; stamp <= 60_000; stamp += 20)
            Frame(stamp, at: 5200 + stamp + (stamp > 20_000 ? by : 0));

        Assert.That(Now(65_300) - before, Is.EqualTo(60_300));
    }

    [Test]
    public void A_late_frame_and_the_same_frame_twice_do_no_harm()
    {
        Frame(0, at: 5000);
        var before = Now(5000);
        Frame(20, at: 5020);
        Frame(20, at: 5030);
        Frame(0, at: 5035);
        Frame(40, at: 5040);

        Assert.That(Now(5050) - before, Is.EqualTo(50));
    }

    [Test]
    public void It_never_runs_backwards_not_even_when_it_is_asked_for_the_past()
    {
        Frame(0, at: 5000);
        var latest = Now(5100);

        Assert.That(Now(5050), Is.EqualTo(latest));
    }

    private long After(long from, long to)
    {
        var before = Now(from);
        return Now(to) - before;
    }

    private long Now(long ms) => _clock.Now(TimeSpan.FromMilliseconds(ms)) / 8;

    private void Frame(long stamp, long at) => _clock.FrameArrived(stamp, TimeSpan.FromMilliseconds(at));
}
