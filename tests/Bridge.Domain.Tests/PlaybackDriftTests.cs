using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>
/// What marks say about a drift between our playhead and Twilio's. Speech begins at 0 ms, marks stand at 0, 1000, 2000 … and
/// a test says when each of them comes back.
/// </summary>
public sealed class PlaybackDriftTests
{
    private const int RoundTripMs = 60;

    private readonly PlaybackClock _clock = new();
    private readonly List<Mark> _marks = [];
    private long _now;

    [SetUp]
    public void AMinuteOfSpeechIsSent()
    {
        for (var second = 0; second < 60; second++)
        {
            var marks = _clock.Send("r", new ItemKey("1", 0), 8000);
            if (marks.Before is { } before)
                _marks.Add(before);
            _marks.Add(marks.After!.Value);
        }
    }

    [Test]
    public void Marks_that_return_one_round_trip_after_they_were_passed_move_nothing()
    {
        for (var mark = 0; mark < 20; mark++)
            Return(mark, at: (mark * 1000) + RoundTripMs);

        Assert.That(HeardAt(20_000), Is.EqualTo(20_000));
        Assert.That(_clock.DriftTakenInMs, Is.Zero);
    }

    [Test]
    public void One_mark_held_back_moves_nothing()
    {
        for (var mark = 0; mark < 20; mark++)
            Return(mark, at: (mark * 1000) + RoundTripMs + (mark == 7 ? 400 : 0));

        Assert.That(HeardAt(20_000), Is.EqualTo(20_000));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    public void Marks_held_back_at_random_do_not_slow_the_playhead(int seed)
    {
        var random = new Random(seed);
        Return(0, at: RoundTripMs);
        for (var mark = 1; mark < 50; mark++)
            Return(mark, at: (mark * 1000) + RoundTripMs + (random.Next(2) == 0 ? random.Next(50, 400) : 0));

        Assert.That(HeardAt(50_000), Is.EqualTo(50_000).Within(20));
    }

    [Test]
    public void A_round_trip_that_was_measured_too_long_does_not_hurry_the_playhead()
    {
        Return(0, at: RoundTripMs + 300);
        for (var mark = 1; mark < 20; mark++)
            Return(mark, at: (mark * 1000) + RoundTripMs);

        Assert.That(HeardAt(20_000), Is.EqualTo(20_000).Within(20), "Twilio cannot play what it has not got");
    }

    [Test]
    public void A_Twilio_that_plays_100_ms_late_is_followed_smoothly_and_the_drift_is_counted()
    {
        Return(0, at: RoundTripMs);
        for (var mark = 1; mark < 20; mark++)
            Return(mark, at: (mark * 1000) + RoundTripMs + 100);

        Assert.That(HeardAt(20_000), Is.EqualTo(19_900).Within(1));
        Assert.That(_clock.DriftTakenInMs, Is.EqualTo(100).Within(1));
    }

    [Test]
    public void While_a_drift_is_taken_in_the_playhead_goes_at_most_a_tenth_slower()
    {
        Return(0, at: RoundTripMs);
        long before = RoundTripMs;
        for (var ms = RoundTripMs + 20; ms <= 20_000; ms += 20)
        {
            if (ms % 1000 == 160)
                Return(ms / 1000, at: ms);
            var heard = HeardAt(ms);
            Assert.That(heard - before, Is.InRange(17, 21), $"in the 20 ms before {ms}");
            before = heard;
        }
    }

    [Test]
    public void A_drift_of_400_ms_which_takes_four_seconds_to_take_in_is_counted_once()
    {
        Return(0, at: RoundTripMs);
        for (var mark = 1; mark < 30; mark++)
            Return(mark, at: (mark * 1000) + RoundTripMs + 400);

        Assert.That(HeardAt(30_000), Is.EqualTo(29_600).Within(20));
        Assert.That(_clock.DriftTakenInMs, Is.EqualTo(400).Within(20));
    }

    [Test]
    public void Marks_that_return_before_our_playhead_passed_them_bring_it_to_Twilios_and_no_further()
    {
        // Our playhead is 200 ms behind Twilio's, as it is when the caller's frames stop for a while and no clock told of it.
        Return(0, at: RoundTripMs);
        for (var mark = 1; mark < 20; mark++)
            Return(mark, at: (mark * 1000) + RoundTripMs - 200);

        Assert.That(HeardAt(20_000), Is.InRange(20_140, 20_220), "what the marks proved, and at most the round trip more");
    }

    [Test]
    public void The_round_trip_is_measured_again_when_speech_begins_again_and_the_shortest_counts()
    {
        Return(0, at: 500);
        _clock.Clear();
        _marks.Clear();
        AMinuteOfSpeechIsSent();
        Return(0, at: 500 + RoundTripMs);
        for (var mark = 1; mark < 10; mark++)
            Return(mark, at: 500 + (mark * 1000) + RoundTripMs);

        Assert.That(HeardAt(10_500), Is.EqualTo(10_000));
        Assert.That(_clock.DriftTakenInMs, Is.Zero);
    }

    private void Return(int mark, long at)
    {
        HeardAt(at);
        _clock.MarkReturned(_marks[mark]);
    }

    private long HeardAt(long ms)
    {
        // A frame every 20 ms.
        while (_now < ms)
            _clock.Advance((_now = Math.Min(ms, _now + 20)) * 8);
        return _clock.Unheard[0].Heard / 8;
    }
}
