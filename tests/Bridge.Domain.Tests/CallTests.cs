using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

public sealed class CallTests
{
    [Test]
    public void Nothing_may_be_heard_before_the_stream_starts()
    {
        var call = new TestCall(new Call(TestCall.Identity));

        Assert.That(call.Plays("resp_1", "item_1", 200), Is.False);
        Assert.That(call.Call.State, Is.EqualTo(CallState.Connecting));
    }

    [Test]
    public void An_interruption_truncates_at_the_last_mark_plus_the_time_since()
    {
        var call = TestCall.Active(at: 1000);
        call.Plays("resp_1", "item_1", 1000);
        var first = call.Marks.After;
        call.Plays("resp_1", "item_1", 1000);
        call.Until(1100);
        call.Returns(first);
        call.Until(1150);

        Assert.That(call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@1050/2000" }));
    }

    [Test]
    public void Between_two_frames_the_monotonic_clock_tells_the_time()
    {
        var call = TestCall.Active(at: 1000);
        call.Plays("resp_1", "item_1", 400);
        call.UntilWithoutFrames(1013);

        Assert.That(call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@13/400" }));
    }

    [Test]
    public void Speech_long_after_generation_ended_still_cuts_what_is_unheard()
    {
        var call = TestCall.Active();
        call.Begins("resp_1");
        call.Plays("resp_1", "item_1", 8000);
        call.Finishes("item_1");
        call.Ends("resp_1");
        call.Until(5000);

        Assert.That(call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@5000/8000" }));
    }

    [Test]
    public void Of_two_queued_answers_each_is_truncated_at_its_own_position()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 4000);
        call.Plays("resp_1", "item_2", 4000);
        call.Until(1000);

        Assert.That(call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@1000/4000", "item_2.0@0/4000" }));
    }

    [Test]
    public void A_truncation_never_names_more_than_was_sent()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 100);
        call.Until(5000);

        Assert.That(call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@100/100" }));
    }

    [Test]
    public void Late_audio_of_a_cut_response_is_dropped_until_its_end_and_the_next_response_plays()
    {
        var call = TestCall.Active();
        call.Begins("resp_1");
        call.Plays("resp_1", "item_1", 400);
        call.Until(100);
        call.Interrupt();

        Assert.That(call.Plays("resp_1", "item_1", 200), Is.False);
        Assert.That(call.Plays("resp_1", "item_9", 200), Is.False, "another item of the same response");
        call.Ends("resp_1");
        call.Begins("resp_2");
        Assert.That(call.Plays("resp_2", "item_2", 200), Is.True);
    }

    [Test]
    public void Speech_before_the_first_audio_of_a_response_silences_it_without_a_truncation()
    {
        var call = TestCall.Active();
        call.Begins("resp_1");

        Assert.That(call.Interrupt(), Is.EqualTo(Interruption.None));
        Assert.That(call.Plays("resp_1", "item_1", 200), Is.False);
    }

    [Test]
    public void Marks_returned_by_a_clear_do_not_move_the_next_answer()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 1000);
        var cleared = call.Marks;
        call.Interrupt();
        call.Ends("resp_1");
        call.Plays("resp_2", "item_2", 400);
        call.Returns(cleared.Before);
        call.Returns(cleared.After);

        Assert.That(call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_2.0@0/400" }));
    }

    [Test]
    public void A_second_report_of_the_same_speech_cuts_nothing()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 400);
        call.Interrupt();

        Assert.That(call.Interrupt(), Is.EqualTo(Interruption.None));
    }

    [Test]
    public void An_answer_heard_to_its_end_is_not_cut()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 400);
        call.Finishes("item_1");
        call.Ends("resp_1");
        call.Until(400);

        Assert.That(call.Interrupt(), Is.EqualTo(Interruption.None));
    }

    [Test]
    public void Speech_during_a_response_without_audio_does_not_cut_the_answer_before_it()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 400);
        call.Ends("resp_1");
        call.Until(500);
        call.Begins("resp_tool");

        Assert.That(call.Interrupt(), Is.EqualTo(Interruption.None));
    }

    [Test]
    public void A_response_that_ends_without_ending_its_items_ends_them()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 400);
        call.Until(400);
        call.Ends("resp_1");

        Assert.That(call.Interrupt(), Is.EqualTo(Interruption.None));
    }

    [Test]
    public void Audio_of_no_length_is_not_sent_and_leaves_nothing_to_cut()
    {
        var call = TestCall.Active();

        Assert.That(call.Plays("resp_1", "item_1", 0), Is.False);
        Assert.That(call.Marks, Is.EqualTo(default(PlaybackMarks)));
        Assert.That(call.Interrupt(), Is.EqualTo(Interruption.None));
    }
}
