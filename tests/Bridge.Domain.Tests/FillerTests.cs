using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>It is the assistant's turn, and the caller hears nothing: the filler. Looks are made four times a second.</summary>
public sealed class FillerTests
{
    private readonly TestCall _call = TestCall.Active();

    [TestCase(3499, WatchAction.None, TestName = "A_millisecond_before_2500_ms_of_silence_nothing_is_played")]
    [TestCase(3500, WatchAction.PlayFiller, TestName = "After_2500_ms_of_silence_the_filler_is_played")]
    public void Silence_counts_from_the_real_end_of_the_callers_speech_half_a_second_before_it_is_told(long at, WatchAction action)
    {
        CallerSpeaksUntilTold(at: 1500);
        _call.Until(at);

        Assert.That(_call.Looks().Action, Is.EqualTo(action));
    }

    [Test]
    public void Silence_before_a_response_was_asked_for_does_not_count()
    {
        _call.Until(5000);
        _call.Asks("greet");

        Assert.That(_call.LooksUntil(7250), Is.Empty);
        Assert.That(_call.LooksUntil(7500), Is.EqualTo(new[] { "7500 PlayFiller" }));
    }

    [Test]
    public void While_something_plays_there_is_no_filler_and_it_counts_anew_from_the_end_of_that()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Plays("resp_1", "item_1", 1500);

        Assert.That(_call.LooksUntil(4000), Is.EqualTo(new[] { "4000 PlayFiller" }));
    }

    [Test]
    public void After_the_filler_and_another_2500_ms_of_silence_it_is_played_again()
    {
        _call.Loses();

        Assert.That(LooksAndPlaysUntil(12_000), Is.EqualTo(new[] { "2500 PlayFiller", "6000 PlayFiller", "9500 PlayFiller" }));
    }

    [Test]
    public void When_the_answer_is_complete_it_is_the_callers_turn_and_silence_is_theirs()
    {
        _call.Asks("greet");
        _call.Answers("resp_1", "item_1", 500, 1);

        Assert.That(_call.LooksUntil(20_000), Is.Empty);
    }

    [Test]
    public void While_the_caller_speaks_there_is_none()
    {
        _call.Asks("greet");
        _call.Until(1000);
        _call.Interrupt();

        Assert.That(_call.LooksUntil(20_000), Is.Empty);
    }

    [Test]
    public void While_there_is_no_session_the_caller_waits_whoevers_turn_it_was()
    {
        CallerSpeaksUntilTold(at: 1500);
        _call.Answers("resp_1", "item_1", 500);
        _call.Until(10_000);
        _call.Loses();

        Assert.That(_call.LooksUntil(12_500), Is.EqualTo(new[] { "12500 PlayFiller" }));
    }

    [Test]
    public void The_late_end_of_an_answer_that_the_caller_cut_does_not_end_the_wait_for_the_next()
    {
        _call.Begins("resp_0");
        CallerSpeaksUntilTold(at: 1500);
        _call.Ends("resp_0", ResponseEnding.Cancelled);

        Assert.That(_call.LooksUntil(3500), Is.EqualTo(new[] { "3500 PlayFiller" }));
    }

    [Test]
    public void Nor_does_the_late_end_of_an_orphan()
    {
        _call.Asks("greet");
        CallerSpeaksUntilTold(at: 1500);
        Assert.That(_call.Begins("resp_0", 1), Is.True);
        _call.Ends("resp_0", ResponseEnding.Cancelled);

        Assert.That(_call.LooksUntil(3500), Is.EqualTo(new[] { "3500 PlayFiller" }));
    }

    [Test]
    public void A_filler_after_zero_is_no_filler()
    {
        var call = TestCall.Active(policy: new CallPolicy { FillerAfter = TimeSpan.Zero });
        call.Loses();

        Assert.That(call.LooksUntil(20_000), Is.Empty);
    }

    private void CallerSpeaksUntilTold(long at)
    {
        _call.Interrupt();
        _call.Until(at);
        _call.StopsSpeaking();
    }

    private string[] LooksAndPlaysUntil(long ms) =>
        _call.LooksUntil(ms, d => _call.Call.PlayRecording(d.Action == WatchAction.PlayFiller ? 8000 : 0, _call.Now));
}
