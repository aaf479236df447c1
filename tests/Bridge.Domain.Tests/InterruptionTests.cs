using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>
/// The caller speaks, at every moment at which it is easy to do the wrong thing. "item_1.0@250/400": heard 250 ms of 400 sent.
/// </summary>
public sealed class InterruptionTests
{
    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void Before_the_first_audio_the_response_is_silenced_and_nothing_is_cleared()
    {
        _call.Begins("resp_1");
        _call.Until(300);

        Assert.That(_call.Interrupt(), Is.EqualTo(Interruption.None));
        Assert.That(_call.Plays("resp_1", "item_1", 200), Is.False);
    }

    [Test]
    public void Of_audio_that_comes_only_after_the_interruption_the_model_is_told_once_that_nothing_was_heard()
    {
        _call.Begins("resp_1");
        _call.Interrupt();

        _call.Plays("resp_1", "item_1", 200);
        Assert.That(_call.Forgets, Is.EqualTo(new Truncation(new ItemKey("item_1", 0), 0, 0)));
        _call.Plays("resp_1", "item_1", 200);
        Assert.That(_call.Forgets, Is.Null);
    }

    [Test]
    public void Of_an_item_that_was_truncated_already_nothing_more_is_told_when_its_audio_still_comes()
    {
        _call.Plays("resp_1", "item_1", 400);
        _call.Until(100);
        _call.Interrupt();
        _call.Plays("resp_1", "item_1", 400);

        Assert.That(_call.Forgets, Is.Null);
    }

    [Test]
    public void In_the_last_100_ms_the_item_is_cut_there()
    {
        Plays("item_1", 4000);
        _call.Ends("resp_1");
        _call.Until(3920);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@3920/4000" }));
    }

    [TestCase(3999, "item_1.0@3999/4000", TestName = "In_the_last_millisecond_there_is_still_something_to_cut")]
    [TestCase(4000, "", TestName = "At_the_very_end_there_is_nothing_to_cut")]
    [TestCase(9000, "", TestName = "Long_after_the_end_there_is_nothing_to_cut")]
    public void At_the_end(long at, string cuts)
    {
        Plays("item_1", 4000);
        _call.Until(at);

        Assert.That(string.Join(" ", _call.Interrupt().Cuts()), Is.EqualTo(cuts));
    }

    [Test]
    public void Between_two_queued_items_only_the_second_is_cut_and_at_zero()
    {
        Plays("item_1", 1000);
        Plays("item_2", 1000);
        _call.Until(1000);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_2.0@0/1000" }));
    }

    [Test]
    public void Between_two_items_while_the_second_has_no_audio_yet_nothing_is_cut_and_the_second_is_silenced()
    {
        _call.Begins("resp_1");
        Plays("item_1", 1000);
        _call.Until(1200);

        Assert.That(_call.Interrupt(), Is.EqualTo(Interruption.None));
        Assert.That(_call.Plays("resp_1", "item_2", 200), Is.False);
        Assert.That(_call.Forgets, Is.EqualTo(new Truncation(new ItemKey("item_2", 0), 0, 0)));
    }

    [Test]
    public void During_a_response_without_audio_the_answer_that_still_plays_is_cut()
    {
        Plays("item_1", 1000);
        _call.Ends("resp_1");
        _call.Begins("resp_tool");
        _call.Until(400);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@400/1000" }));
    }

    [Test]
    public void While_the_model_stalls_in_an_item_it_is_cut_at_all_that_came()
    {
        _call.Plays("resp_1", "item_1", 500);
        _call.Until(2000);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@500/500" }));
    }

    [Test]
    public void Two_within_50_ms_are_one()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Until(500);
        _call.Interrupt();
        _call.Plays("resp_1", "item_1", 1000);
        _call.Until(550);

        Assert.That(_call.Interrupt(), Is.EqualTo(Interruption.None));
    }

    [Test]
    public void Marks_that_the_clear_sends_back_move_nothing()
    {
        _call.Plays("resp_1", "item_1", 3000);
        var stale = _call.Marks;
        _call.Until(500);
        _call.Interrupt();
        _call.Plays("resp_2", "item_2", 3000);
        _call.Returns(stale.Before);
        _call.Returns(stale.After);
        _call.Until(600);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_2.0@100/3000" }));
    }

    [Test]
    public void With_a_delay_of_150_ms_of_the_callers_frames_the_position_is_the_same()
    {
        var call = TestCall.Active();
        for (var at = 0; at <= 1000; at += 20)
            call.Call.CallerAudio(at, TimeSpan.FromMilliseconds(at + 150));
        call.UntilWithoutFrames(1150);
        call.Plays("resp_1", "item_1", 1000);
        call.UntilWithoutFrames(1450);

        Assert.That(call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@300/1000" }));
    }

    private void Plays(string item, int ms)
    {
        _call.Plays("resp_1", item, ms);
        _call.Finishes(item);
    }
}
