using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>Timestamps that cannot be right, streams that count anew, and machines whose clocks go differently.</summary>
public sealed class MediaClockStrangersTests
{
    private readonly MediaClock _clock = new();
    private long _start;

    [SetUp]
    public void TheCallHasBeenOnForTenSeconds()
    {
        Frames(0, from: 5000, count: 500);
        _start = Now(15_000) - 10_000;
    }

    [TestCase(1L << 60, TestName = "A_timestamp_of_2_to_the_60_moves_nothing")]
    [TestCase(long.MaxValue, TestName = "The_largest_timestamp_moves_nothing")]
    [TestCase(610_000, TestName = "A_timestamp_ten_minutes_ahead_moves_nothing")]
    [TestCase(0, TestName = "A_timestamp_ten_seconds_back_moves_nothing")]
    [TestCase(-1, TestName = "A_negative_timestamp_moves_nothing")]
    [TestCase(long.MinValue, TestName = "The_smallest_timestamp_moves_nothing")]
    public void One_absurd_timestamp(long stamp)
    {
        Frame(stamp, at: 15_000);
        Assert.That(Since(15_000), Is.EqualTo(10_000));

        Frames(10_020, from: 15_020, count: 500);
        Assert.That(Since(25_020), Is.EqualTo(20_020));
    }

    [Test]
    public void Absurd_timestamps_that_do_not_go_on_from_each_other_are_never_believed()
    {
        long[] stamps = [900_000, 700_000, 500_000, 3_000_000, 900_000, 2_000_000];
        foreach (var stamp in stamps)
            Frame(stamp, at: 15_000);

        Assert.That(Since(15_000), Is.EqualTo(10_000));
    }

    [TestCase(0, TestName = "A_stream_that_counts_from_nothing_again_does_not_make_time_jump")]
    [TestCase(3_600_000, TestName = "A_stream_that_leaps_an_hour_does_not_make_time_jump")]
    public void Anew(long first)
    {
        for (var i = 0; i < 1500; i++)
        {
            Frame(first + (i * 20), at: 15_000 + (i * 20));
            Assert.That(Since(15_000 + (i * 20)), Is.EqualTo(10_000 + (i * 20)));
        }
    }

    [TestCase(50, TestName = "A_clock_that_goes_50_millionths_faster_than_ours_is_followed_for_an_hour")]
    [TestCase(-50, TestName = "A_clock_that_goes_50_millionths_slower_than_ours_is_followed_for_an_hour")]
    public void Drift(int millionths)
    {
        // Stamps are by Twilio's clock, arrivals by ours.
        for (var i = 1L; i <= 180_000; i++)
        {
            var stamp = 10_000 + (i * 20);
            Frame(stamp, at: 15_000 + (i * 20) - (i * 20 * millionths / 1_000_000));
        }

        var ours = 15_000 + 3_600_000 - (3600 * millionths / 1000);
        Assert.That(Since(ours), Is.EqualTo(10_000 + 3_600_000).Within(2), "it tells the time of Twilio, which plays our audio");
    }

    [Test]
    public void After_a_stream_counted_anew_a_drift_of_its_clock_is_followed_again()
    {
        // A thousandth is too much for two clocks; a fifth of that is not.
        for (var i = 1L; i <= 30_000; i++)
            Frame(i * 20, at: 15_000 + (i * 20) + (i * 20 / 5000));

        Assert.That(Since(615_120), Is.EqualTo(610_000).Within(3));
    }

    [Test]
    public void A_drift_is_never_taken_in_faster_than_by_a_hundredth()
    {
        var before = Since(15_000);
        for (var i = 1L; i <= 3_000; i++)
        {
            Frame(10_000 + (i * 20), at: 15_000 + (i * 20) - (i * 20 / 2000));
            var now = Since(15_000 + (i * 20));
            Assert.That(now - before, Is.InRange(19, 21));
            before = now;
        }
    }

    private long Since(long ms) => Now(ms) - _start;

    private long Now(long ms) => _clock.Now(TimeSpan.FromMilliseconds(ms)) / 8;

    private void Frames(long stamp, long from, int count)
    {
        for (var i = 0; i < count; i++)
            Frame(stamp + (i * 20), at: from + (i * 20));
    }

    private void Frame(long stamp, long at) => _clock.FrameArrived(stamp, TimeSpan.FromMilliseconds(at));
}
