using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>An answer ended without being one: what is asked for instead, and how often.</summary>
public sealed class RecoveryTests
{
    private static readonly CallPrompts Prompts = new();

    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void An_answer_that_failed_before_a_word_is_asked_for_again_with_the_same_prompt() =>
        Assert.That(Fails(ResponseEnding.Failed, request: _call.Asks("greet")), Is.EqualTo(new ResponseRequest(2, "greet")));

    [Test]
    public void The_models_own_answer_that_failed_is_asked_for_as_the_conversation_stands() =>
        Assert.That(Fails(ResponseEnding.Failed), Is.EqualTo(new ResponseRequest(1, null)));

    [Test]
    public void An_answer_that_failed_after_some_words_is_to_be_taken_up() =>
        Assert.That(Fails(ResponseEnding.Failed, _call.Asks("greet"), heard: 400), Is.EqualTo(new ResponseRequest(2, Prompts.TakeUp)));

    [Test]
    public void An_answer_that_fails_twice_ends_the_call()
    {
        var again = Fails(ResponseEnding.Failed);
        Assert.That(Fails(ResponseEnding.Failed, again), Is.Null);

        Assert.That(_call.Looks(), Is.EqualTo(WatchDecision.End(CallEndReason.ModelFailed)));
        Assert.That(_call.Looks(), Is.EqualTo(WatchDecision.End(CallEndReason.ModelFailed)), "also when asked again");
    }

    [Test]
    public void An_answer_that_was_heard_lets_the_next_fail_once_more()
    {
        var again = Fails(ResponseEnding.Failed);
        Assert.That(Fails(ResponseEnding.Completed, again, heard: 400), Is.Null);

        Assert.That(Fails(ResponseEnding.Failed), Is.Not.Null);
    }

    [Test]
    public void So_does_a_caller_who_speaks()
    {
        Fails(ResponseEnding.Failed);
        _call.Interrupt();
        _call.Call.ResponseFailed(1);
        _call.StopsSpeaking();

        Assert.That(Fails(ResponseEnding.Failed), Is.Not.Null);
    }

    [TestCase(ResponseEnding.Completed)]
    [TestCase(ResponseEnding.Incomplete)]
    public void An_answer_without_a_sound_is_asked_for_once_more_and_a_complete_one_as_audio(ResponseEnding ending)
    {
        var again = Fails(ending, _call.Asks("greet"));

        Assert.That(again?.Prompt, Is.EqualTo("greet"));
        Assert.That(again?.AudioOnly, Is.EqualTo(ending == ResponseEnding.Completed), "what broke off may have been audio");
    }

    [Test]
    public void Of_two_answers_without_a_sound_the_caller_hears_the_apology_and_then_it_is_their_turn()
    {
        Assert.That(Fails(ResponseEnding.Completed, Fails(ResponseEnding.Completed)), Is.Null);

        Assert.That(_call.Looks().Action, Is.EqualTo(WatchAction.PlayApology));
        Assert.That(_call.LooksUntil(20_000), Is.Empty);
    }

    [Test]
    public void Of_an_answer_that_was_filtered_another_is_asked_for() =>
        Assert.That(Fails(ResponseEnding.Filtered, heard: 400), Is.EqualTo(new ResponseRequest(1, Prompts.Filtered)));

    [Test]
    public void When_that_is_filtered_too_the_caller_hears_the_apology()
    {
        Assert.That(Fails(ResponseEnding.Filtered, Fails(ResponseEnding.Filtered)), Is.Null);
        Assert.That(_call.Looks().Action, Is.EqualTo(WatchAction.PlayApology));
    }

    [TestCase(ResponseEnding.Completed, 400, TestName = "A_complete_answer_with_audio_is_accepted")]
    [TestCase(ResponseEnding.Incomplete, 400, TestName = "An_answer_that_broke_off_at_its_longest_is_accepted_as_it_was_heard")]
    [TestCase(ResponseEnding.Cancelled, 400, TestName = "A_cancelled_answer_is_accepted")]
    [TestCase(ResponseEnding.Cancelled, 0, TestName = "A_cancelled_answer_without_a_sound_is_accepted")]
    [TestCase(ResponseEnding.ToolCall, 0, TestName = "A_tool_call_may_say_nothing")]
    public void Nothing_is_asked_for_after(ResponseEnding ending, int heard)
    {
        Assert.That(Fails(ending, heard: heard), Is.Null);
        Assert.That(_call.LooksUntil(20_000), Is.Empty);
    }

    [Test]
    public void The_failure_of_another_response_than_the_active_one_is_nobodys_loss()
    {
        _call.Begins("resp_new");

        Assert.That(_call.Ends("resp_old", ResponseEnding.Failed), Is.Null);
        Assert.That(_call.Ends("resp_older", ResponseEnding.Failed), Is.Null);
        Assert.That(_call.Looks().Action, Is.EqualTo(WatchAction.None));
    }

    private ResponseRequest? Fails(ResponseEnding ending, ResponseRequest? request = null, int heard = 0)
    {
        var response = $"resp_{++_responses}";
        _call.Begins(response, request?.Number);
        if (heard > 0)
            _call.Plays(response, $"item_{_responses}", heard);
        return _call.Ends(response, ending);
    }

    private int _responses;
}
