using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;

namespace Bridge.Domain.Tests;

/// <summary>When a turn of the conversation is over, and what of it the caller heard: a call and its transcript together.</summary>
public sealed class EndedTurnsTests
{
    private const string Words = "one two three four";

    private readonly TestCall _call = TestCall.Active();

    private Transcript Transcript => _call.Call.Transcript;

    [Test]
    public void A_turn_that_was_played_to_its_end_was_heard_whole()
    {
        Plays("item_1");
        _call.Until(999);
        Assert.That(Transcript.TakeEnded(), Is.Null, "a millisecond is still to come");

        _call.Until(1000);
        Assert.That(Transcript.TakeEnded(), Is.EqualTo(Turn("item_1", Words, "")));
        Assert.That(Transcript.TakeEnded(), Is.Null, "once");
    }

    [Test]
    public void Of_an_interrupted_call_the_words_are_divided_where_the_caller_spoke()
    {
        Plays("item_1");
        Plays("item_2");
        _call.Until(500);
        _call.Interrupt();

        Assert.That(Transcript.TakeEnded(), Is.EqualTo(Turn("item_1", "one two", "three four")));
        Assert.That(Transcript.TakeEnded(), Is.EqualTo(Turn("item_2", "", Words)));
    }

    [Test]
    public void A_turn_that_was_cut_ends_when_its_text_is_complete()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Until(500);
        _call.Interrupt();
        Assert.That(Transcript.TakeEnded(), Is.Null);

        Transcript.Complete("item_1", Speaker.Assistant, Words);
        Assert.That(Transcript.TakeEnded(), Is.EqualTo(Turn("item_1", "one two", "three four")));
    }

    [Test]
    public void Of_an_item_whose_audio_came_too_late_nothing_was_heard()
    {
        _call.Begins("resp_1");
        _call.Interrupt();
        Plays("item_1");

        Assert.That(Transcript.TakeEnded(), Is.EqualTo(Turn("item_1", "", Words)));
    }

    [Test]
    public void A_returned_mark_can_end_a_turn()
    {
        Plays("item_1");
        _call.Returns(_call.Marks.After);

        Assert.That(Transcript.TakeEnded(), Is.EqualTo(Turn("item_1", Words, "")));
    }

    [Test]
    public void What_played_on_after_the_session_was_lost_was_heard()
    {
        Plays("item_1");
        _call.Replaces();
        _call.Until(1000);

        Assert.That(Transcript.TakeEnded(), Is.EqualTo(Turn("item_1", Words, "")));
    }

    [Test]
    public void The_callers_turn_ends_with_its_words()
    {
        Transcript.Added("u1", null, Speaker.Caller);
        Assert.That(Transcript.TakeEnded(), Is.Null);

        Transcript.Complete("u1", Speaker.Caller, "Hello");
        Assert.That(Transcript.TakeEnded(), Is.EqualTo(new TranscriptTurn("u1", Speaker.Caller, "Hello", "")));
    }

    [Test]
    public void When_the_call_ends_what_is_still_playing_was_heard_so_far()
    {
        Plays("item_1");
        _call.Until(250);
        _call.UntilWithoutFrames(500);
        _call.Call.TryEnd(CallEndReason.CallerHungUp, _call.Now);
        _call.Until(1000);

        Assert.That(Transcript.Turns(), Is.EqualTo(new[] { Turn("item_1", "one two", "three four") }));
    }

    private void Plays(string item)
    {
        _call.Plays("resp_1", item, 1000);
        Transcript.Complete(item, Speaker.Assistant, Words);
        _call.Finishes(item);
    }

    private static TranscriptTurn Turn(string item, string heard, string unheard) => new(item, Speaker.Assistant, heard, unheard);
}
