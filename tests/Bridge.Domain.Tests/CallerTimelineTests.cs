using Bridge.Domain.CallerAudio;

namespace Bridge.Domain.Tests;

/// <summary>
/// The caller's audio in true time. Frames by their stamps in milliseconds, each of 20 ms; what comes of each is "+" when it is
/// kept, "-" when it is dropped, and a number for so many milliseconds of silence before it.
/// </summary>
public sealed class CallerTimelineTests
{
    [TestCase("100 120 140", "+ + +", TestName = "Frames_without_a_gap_are_kept_as_they_are")]
    [TestCase("100 120 160", "+ + 20+", TestName = "One_missing_frame_is_filled")]
    [TestCase("100 1120 1140", "+ 1000+ +", TestName = "A_second_of_missing_frames_is_filled")]
    [TestCase("100 10120", "+ 10000+", TestName = "Ten_seconds_are_filled_whole")]
    [TestCase("100 10140 10160", "+ 10000+ +", TestName = "Of_more_than_ten_seconds_ten_are_filled_and_it_goes_on_from_there")]
    [TestCase("5000", "+", TestName = "Before_the_first_frame_nothing_is_missing")]
    [TestCase("100 120 100 140", "+ + - +", TestName = "A_late_frame_is_dropped_and_the_next_is_on_time")]
    [TestCase("100 120 120 140", "+ + - +", TestName = "A_repeated_frame_is_dropped")]
    [TestCase("1000 1020 500 1040", "+ + - +", TestName = "A_frame_from_far_back_is_dropped")]
    [TestCase("1000 1020 0 20 40 60", "+ + - - + +", TestName = "A_stream_that_counts_anew_is_followed_after_three_frames")]
    [TestCase("1000 1020 0 20 40 100", "+ + - - + 40+", TestName = "Of_a_stream_that_counts_anew_gaps_are_filled_again")]
    [TestCase("1000 1020 0 500 40 1040", "+ + - - - +", TestName = "Backward_frames_that_do_not_go_on_from_each_other_are_not_followed")]
    [TestCase("1000 1020 0 20 1040 0 20 1060", "+ + - - + - - +", TestName = "A_frame_in_its_place_ends_the_doubt")]
    [TestCase("100 120 ? 160", "+ + + +", TestName = "A_frame_whose_stamp_cannot_be_read_takes_its_place")]
    [TestCase("? ? 100 120", "+ + + +", TestName = "Unreadable_stamps_before_the_first_do_no_harm")]
    [TestCase("100 1152921504606846976 140", "+ + +", TestName = "A_stamp_of_2_to_the_60_is_taken_for_unreadable")]
    [TestCase("1000 -20 1020", "+ - +", TestName = "A_negative_stamp_is_dropped")]
    public void Frames(string stamps, string decisions) => Assert.That(Decide(new CallerTimeline(10_000), stamps), Is.EqualTo(decisions));

    [Test]
    public void With_a_longest_gap_of_nothing_the_frames_stay_as_they_come() =>
        Assert.That(Decide(new CallerTimeline(0), "100 120 5000 5020 5020"), Is.EqualTo("+ + + + +"));

    [Test]
    public void Of_a_longer_gap_the_longest_is_filled() =>
        Assert.That(Decide(new CallerTimeline(300), "100 1000 1020"), Is.EqualTo("+ 300+ +"));

    [TestCase("102 121 142 160 183 200", TestName = "Stamps_irregular_by_a_few_milliseconds_are_no_gap")]
    [TestCase("100 110 150 150 190 190 230", TestName = "Stamps_irregular_by_10_ms_by_turns_are_no_gap")]
    [TestCase("108 112 148 152 188 192 228", TestName = "Nor_by_8_ms_when_they_begin_late")]
    [TestCase("92 128 132 168 172 208 212", TestName = "Nor_by_8_ms_when_they_begin_early")]
    public void Irregular(string stamps) =>
        Assert.That(Decide(new CallerTimeline(10_000), stamps).Split(' '), Has.All.EqualTo("+"));

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Ten_minutes_of_stamps_irregular_by_up_to_8_ms_at_random_are_no_gap(int seed)
    {
        var random = new Random(seed);
        var timeline = new CallerTimeline(10_000);

        var decisions = Enumerable.Range(0, 30_000).Select(i => timeline.Take(1000 + (i * 20) + random.Next(-8, 9), 160));

        Assert.That(decisions, Has.All.EqualTo(new FrameDecision(0, Keep: true)));
    }

    [Test]
    public void A_clock_at_Twilio_that_goes_a_thousandth_slower_makes_no_gap()
    {
        // 72 frames later 1438 ms had passed instead of 1440.
        var timeline = new CallerTimeline(10_000);
        var decisions = Enumerable.Range(0, 30_000).Select(i => timeline.Take(102 + (i * 1438 / 72), 160));

        Assert.That(decisions, Has.All.EqualTo(new FrameDecision(0, Keep: true)));
    }

    [TestCase("2120", "1000+", TestName = "Silence_that_was_appended_is_not_filled_again")]
    [TestCase("1120", "+", TestName = "A_gap_as_long_as_the_silence_that_was_appended_is_filled_already")]
    [TestCase("920", "+", TestName = "A_frame_that_comes_before_the_appended_silence_is_over_is_kept")]
    [TestCase("120", "+", TestName = "After_appended_silence_frames_that_were_only_delayed_are_kept")]
    public void After_appended_silence(string stamp, string decision)
    {
        var timeline = new CallerTimeline(10_000);
        timeline.Take(100, 160);
        timeline.Filled(1000);

        Assert.That(Decide(timeline, stamp), Is.EqualTo(decision));
    }

    [Test]
    public void Appended_silence_counts_for_one_gap_only()
    {
        var timeline = new CallerTimeline(10_000);
        timeline.Take(100, 160);
        timeline.Filled(1000);

        Assert.That(Decide(timeline, "1120 2140"), Is.EqualTo("+ 1000+"));
    }

    [Test]
    public void Frames_may_have_any_length()
    {
        var timeline = new CallerTimeline(10_000);
        timeline.Take(0, 800);

        Assert.That(timeline.Take(100, 800), Is.EqualTo(new FrameDecision(0, Keep: true)));
        Assert.That(timeline.Take(300, 160), Is.EqualTo(new FrameDecision(800, Keep: true)));
    }

    private static string Decide(CallerTimeline timeline, string stamps) =>
        string.Join(' ', stamps.Split(' ').Select(s => InWords(timeline.Take(s == "?" ? null : long.Parse(s), 160))));

    private static string InWords(FrameDecision decision) =>
        (decision.Silence > 0 ? $"{decision.Silence / 8}" : "") + (decision.Keep ? "+" : "-");
}
