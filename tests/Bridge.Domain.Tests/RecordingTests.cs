using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

/// <summary>A recording of ours is heard like anything else, and no model said it.</summary>
public sealed class RecordingTests
{
    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void The_caller_can_cut_it_and_the_model_is_told_nothing()
    {
        Records(1000);
        _call.Until(500);

        var told = _call.Interrupt();
        Assert.That(told.Clear, Is.True);
        Assert.That(told.Truncations, Is.Empty);
        Assert.That(told.Corrections, Is.Empty);
    }

    [Test]
    public void An_answer_behind_it_is_truncated_as_if_it_were_not_there()
    {
        Records(1000);
        _call.Plays("resp_1", "item_1", 1000);
        _call.Until(1250);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@250/1000" }));
    }

    [TestCase(400, TestName = "Cut_it_is_in_no_transcript")]
    [TestCase(5000, TestName = "Heard_to_its_end_it_is_in_no_transcript")]
    public void The_transcript(long interruptedAt)
    {
        Records(1000);
        _call.Until(interruptedAt);
        _call.Interrupt();

        Assert.That(_call.Call.Transcript.MayHaveEnded, Is.False, "nothing of the conversation was heard or cut");
        Assert.That(_call.Call.Transcript.Turns(), Is.Empty);
        Assert.That(_call.Call.Transcript.TakeEnded(), Is.Null);
    }

    [Test]
    public void Nor_is_it_when_the_call_ends_while_it_plays()
    {
        Records(1000);
        _call.Until(400);
        _call.Call.TryEnd(CallEndReason.CallerHungUp, _call.Now);

        Assert.That(_call.Call.Transcript.MayHaveEnded, Is.False, "nothing of the conversation was heard or cut");
        Assert.That(_call.Call.Transcript.Turns(), Is.Empty);
        Assert.That(_call.Call.Transcript.TakeEnded(), Is.Null);
    }

    [Test]
    public void It_begins_with_a_mark_into_silence_and_ends_with_one()
    {
        var marks = _call.Call.PlayRecording(8000, _call.Now);

        Assert.That(marks.Before, Is.Not.Null);
        Assert.That(marks.After, Is.Not.Null);
    }

    [Test]
    public void A_short_one_behind_an_answer_has_a_mark_after_it_only()
    {
        _call.Plays("resp_1", "item_1", 200);
        var marks = _call.Call.PlayRecording(800, _call.Now);

        Assert.That(marks.Before, Is.Null);
        Assert.That(marks.After, Is.Not.Null);
    }

    [Test]
    public void One_that_plays_when_the_session_is_lost_plays_on()
    {
        Records(1000);
        _call.Replaces();
        _call.Until(500);

        Assert.That(_call.Interrupt().Clear, Is.True);
    }

    private void Records(int ms) => _call.Call.PlayRecording(ms * 8, _call.Now);
}
