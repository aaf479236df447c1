using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>What another session is asked for when it takes the place of one that was lost: nothing twice, and nothing is forgotten.</summary>
public sealed class SessionLostTests
{
    private static readonly CallPrompts Prompts = new();

    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void Lost_before_the_greeting_began_it_is_asked_for_again_by_the_same_number()
    {
        var greeting = _call.Asks("greet");
        _call.Loses();
        _call.Until(1000);

        Assert.That(_call.Replaces(), Is.EqualTo(greeting));
    }

    [Test]
    public void Lost_before_the_greeting_spoke_it_is_asked_for_again_and_heard_exactly_once()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Loses();
        var again = _call.Replaces();
        Assert.That(again, Is.EqualTo(new ResponseRequest(2, "greet")));

        _call.Answers("resp_1", "item_1", 500, again!.Number);
        Assert.That(_call.LooksUntil(20_000), Is.Empty, "nobody is greeted twice");
    }

    [Test]
    public void Lost_while_speaking_what_was_sent_plays_on_and_the_answer_is_to_be_taken_up()
    {
        Speaks(1000);
        _call.Until(400);
        _call.Loses();

        Assert.That(_call.Replaces(), Is.EqualTo(new ResponseRequest(2, Prompts.TakeUp)));
        Assert.That(_call.Interrupt().Clear, "it was still playing");
    }

    [Test]
    public void Lost_while_speaking_the_history_says_what_was_heard_once_that_is_known()
    {
        Speaks(1000);
        _call.Until(400);
        _call.Loses();
        _call.Replaces();
        _call.Until(500);
        _call.Interrupt();

        Assert.That(_call.Call.Transcript.Turns(), Is.EqualTo(new[] { new TranscriptTurn("item_1", Speaker.Assistant, "one two", "three four") }));
    }

    [Test]
    public void Lost_when_the_answer_was_complete_and_is_still_playing_nothing_is_asked_for()
    {
        Speaks(5000);
        _call.Ends("resp_1");
        _call.Loses();

        Assert.That(_call.Replaces(), Is.Null);
        Assert.That(_call.LooksUntil(20_000), Is.Empty);
    }

    [Test]
    public void Lost_in_a_pause_nothing_is_asked_for_and_it_is_still_the_callers_turn()
    {
        _call.Loses();

        Assert.That(_call.Replaces(), Is.Null);
        Assert.That(_call.LooksUntil(20_000), Is.Empty);
    }

    [Test]
    public void Lost_while_the_caller_speaks_their_words_are_to_be_answered_or_asked_for_again()
    {
        _call.Interrupt();
        _call.Loses();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo(Prompts.HearAgain));
    }

    [Test]
    public void So_are_the_words_that_the_model_had_not_begun_to_answer()
    {
        _call.Interrupt();
        _call.StopsSpeaking();
        _call.Loses();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo(Prompts.HearAgain));
    }

    [Test]
    public void So_are_those_whose_answer_had_no_sound_yet()
    {
        _call.Interrupt();
        _call.StopsSpeaking();
        _call.Begins("resp_1");
        _call.Loses();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo(Prompts.HearAgain));
    }

    [Test]
    public void So_are_those_that_came_before_the_greeting_could_begin()
    {
        _call.Asks("greet");
        _call.Interrupt();
        _call.StopsSpeaking();
        _call.Loses();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo(Prompts.HearAgain));
    }

    [Test]
    public void So_are_those_that_cut_an_answer_whose_end_was_never_told()
    {
        Speaks(1000);
        _call.Interrupt();
        _call.StopsSpeaking();
        _call.Loses();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo(Prompts.HearAgain));
    }

    [Test]
    public void Lost_while_a_greeting_waits_for_its_limit_it_is_the_greeting_that_is_asked_for()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Ends("resp_1", ResponseEnding.RateLimited);
        _call.Loses();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo("greet"));
    }

    private void Speaks(int ms)
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Plays("resp_1", "item_1", ms);
        _call.Call.Transcript.Complete("item_1", Speaker.Assistant, "one two three four");
    }
}
