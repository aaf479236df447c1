using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>An answer is due and does not come: asked for again, in another session, given up.</summary>
public sealed class StallTests
{
    // Without fillers: what is heard meanwhile is another test's.
    private readonly TestCall _call = TestCall.Active(policy: new CallPolicy { FillerAfter = TimeSpan.Zero });

    [Test]
    public void An_answer_of_which_nothing_is_seen_for_5_s_is_cancelled_and_asked_for_again()
    {
        _call.Asks("greet");
        _call.Until(1000);
        _call.Begins("resp_1", 1);
        _call.Call.ModelShowedSign(_call.Now);

        Assert.That(_call.LooksUntil(6000), Is.EqualTo(new[] { "6000 Ask greet, cancel resp_1" }));
    }

    [Test]
    public void A_request_that_never_begins_is_made_again_with_nothing_to_cancel()
    {
        _call.Asks("greet");

        Assert.That(_call.LooksUntil(5000), Is.EqualTo(new[] { "5000 Ask greet" }));
    }

    [Test]
    public void The_models_own_answer_to_the_caller_is_asked_for_as_the_conversation_stands()
    {
        _call.Interrupt();
        _call.StopsSpeaking();

        Assert.That(_call.LooksUntil(5000), Is.EqualTo(new[] { "5000 Ask as it stands" }));
    }

    [Test]
    public void An_answer_that_stalls_in_the_middle_is_to_be_taken_up_and_what_was_sent_of_it_plays_on()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Plays("resp_1", "item_1", 8000);

        Assert.That(_call.LooksUntil(5000), Is.EqualTo(new[] { $"5000 Ask {new CallPrompts().TakeUp}, cancel resp_1" }));
        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_1.0@5000/8000" }));
    }

    [Test]
    public void The_second_stall_replaces_the_session_and_the_third_ends_the_call()
    {
        _call.Asks("greet");

        Assert.That(_call.LooksUntil(60_000), Is.EqualTo(new[] { "5000 Ask greet", "10000 ReplaceSession", "15000 End ModelFailed" }));
    }

    [Test]
    public void A_session_that_was_replaced_has_5_s_of_its_own_before_the_third()
    {
        _call.Asks("greet");
        _call.LooksUntil(10_000);
        _call.Loses();
        Assert.That(_call.LooksUntil(14_000), Is.Empty, "without a session nothing stalls");

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo("greet"));
        Assert.That(_call.LooksUntil(60_000), Is.EqualTo(new[] { "19000 End ModelFailed" }));
    }

    [Test]
    public void Every_sign_of_the_model_puts_a_stall_off_but_not_the_first_audio()
    {
        _call.Asks("greet");
        var seen = new List<string>();
        for (var at = 500; at <= 8000; at += 500)
        {
            seen.AddRange(_call.LooksUntil(at));
            _call.Call.ModelShowedSign(_call.Now);
        }

        Assert.That(seen, Is.EqualTo(new[] { "8000 Ask greet" }));
    }

    [Test]
    public void Once_its_audio_comes_an_answer_may_take_longer_than_8_s()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        var seen = new List<string>();
        for (var at = 500; at <= 20_000; at += 500)
        {
            seen.AddRange(_call.LooksUntil(at));
            _call.Plays("resp_1", "item_1", 100);
        }

        Assert.That(seen, Is.Empty);
    }

    [Test]
    public void The_stalls_of_one_turn_are_not_counted_in_the_next()
    {
        _call.Asks("greet");
        _call.LooksUntil(5000);
        _call.Call.ResponseFailed(2);
        _call.Interrupt();
        _call.StopsSpeaking();

        Assert.That(_call.LooksUntil(10_000), Is.EqualTo(new[] { "10000 Ask as it stands" }));
    }

    [Test]
    public void After_the_caller_spoke_what_had_been_asked_for_before_is_not_asked_for_again()
    {
        _call.Asks("greet");
        _call.Interrupt();
        _call.StopsSpeaking();

        Assert.That(_call.LooksUntil(5000), Is.EqualTo(new[] { "5000 Ask as it stands" }));
    }

    [Test]
    public void What_was_asked_for_and_did_not_begin_is_given_up_so_that_its_successor_is_asked_for_once()
    {
        _call.Asks("greet");
        ResponseRequest? again = null;
        _call.LooksUntil(5000, d => again = d.Request);

        Assert.That(again, Is.EqualTo(new ResponseRequest(2, "greet") { Instead = true }));
        Assert.That(_call.Asks("and then"), Is.Null, "one at a time");
    }
}
