using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>The model's socket went away and another took its place in the middle of a call.</summary>
public sealed class SessionReplacedTests
{
    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void What_is_queued_plays_on_and_an_interruption_clears_it_but_truncates_nothing()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Replaces();
        _call.Until(400);
        var interruption = _call.Interrupt();

        Assert.That(interruption.Clear, Is.True);
        Assert.That(interruption.Truncations, Is.Empty);
    }

    [Test]
    public void What_was_queued_and_has_been_heard_is_not_cleared()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Replaces();
        _call.Until(1000);

        Assert.That(_call.Interrupt(), Is.EqualTo(Interruption.None));
    }

    [Test]
    public void An_item_of_the_new_session_is_truncated_normally_behind_what_was_queued()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Replaces();
        _call.Plays("resp_2", "item_2", 1000);
        _call.Until(1250);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_2.0@250/1000" }));
    }

    [Test]
    public void While_the_old_audio_plays_the_new_item_is_truncated_at_zero()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Replaces();
        _call.Plays("resp_2", "item_2", 1000);
        _call.Until(500);

        Assert.That(_call.Interrupt().Cuts(), Is.EqualTo(new[] { "item_2.0@0/1000" }));
    }

    [Test]
    public void A_response_of_the_new_session_is_heard_though_one_of_the_old_was_cut()
    {
        _call.Plays("resp_1", "item_1", 1000);
        _call.Interrupt();
        _call.Replaces();

        Assert.That(_call.Plays("resp_1", "item_1", 200), Is.True, "ids of another session are other ids");
    }

    [Test]
    public void A_request_that_was_not_answered_is_made_again()
    {
        var request = _call.Asks("greet");

        Assert.That(_call.Replaces(), Is.EqualTo(request));
    }

    [Test]
    public void A_response_that_will_never_end_does_not_keep_others_waiting()
    {
        _call.Begins("resp_1");
        Assert.That(_call.Asks("next"), Is.Null);

        var instead = _call.Replaces()!;
        Assert.That(instead.Prompt, Is.EqualTo(new CallPrompts().HearAgain));
        _call.Begins("resp_2", instead.Number);
        _call.Plays("resp_2", "item_2", 200);
        Assert.That(_call.Ends("resp_2"), Is.EqualTo(new ResponseRequest(1, "next")));
    }

    [Test]
    public void An_orphan_is_not_asked_for_again()
    {
        _call.Asks("greet");
        _call.Interrupt();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo(new CallPrompts().HearAgain), "the caller was speaking");
    }
}
