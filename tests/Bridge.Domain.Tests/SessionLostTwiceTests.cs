using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>The session that took the place of another is lost as well.</summary>
public sealed class SessionLostTwiceTests
{
    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void A_loss_that_is_told_twice_is_one()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Plays("resp_1", "item_1", 1000);
        _call.Loses();
        _call.Loses();

        Assert.That(_call.Replaces(), Is.EqualTo(new ResponseRequest(2, new CallPrompts().TakeUp)));
    }

    [Test]
    public void What_the_second_was_asked_for_and_did_not_begin_the_third_is_asked_for_by_the_same_number()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Plays("resp_1", "item_1", 1000);
        _call.Loses();
        var second = _call.Replaces();
        _call.Loses();

        Assert.That(_call.Replaces(), Is.EqualTo(second));
    }

    [Test]
    public void What_the_second_began_and_did_not_say_the_third_is_asked_for()
    {
        _call.Asks("greet");
        _call.Loses();
        _call.Begins("resp_1", _call.Replaces()!.Number);
        _call.Loses();

        Assert.That(_call.Replaces()?.Prompt, Is.EqualTo("greet"));
    }

    [Test]
    public void After_the_second_answered_nothing_is_left_of_the_first_loss()
    {
        _call.Interrupt();
        _call.Loses();
        _call.Answers("resp_1", "item_1", 500, _call.Replaces()!.Number);
        _call.Loses();

        Assert.That(_call.Replaces(), Is.Null);
    }

    [Test]
    public void What_waited_for_its_turn_waits_behind_what_was_cut()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Asks("and then");
        _call.Loses();
        var again = _call.Replaces()!;
        Assert.That(again.Prompt, Is.EqualTo("greet"));
        _call.Begins("resp_1", again.Number);
        _call.Plays("resp_1", "item_1", 500);

        Assert.That(_call.Ends("resp_1")?.Prompt, Is.EqualTo("and then"));
    }

    [Test]
    public void Between_two_sessions_what_is_asked_for_is_asked_of_the_next()
    {
        _call.Loses();
        var asked = _call.Asks("goodbye");

        Assert.That(_call.Replaces(), Is.EqualTo(asked));
    }

    [Test]
    public void Between_two_sessions_nothing_stalls_however_long_it_takes()
    {
        _call.Asks("greet");
        _call.Loses();

        Assert.That(_call.LooksUntil(30_000, _ => _call.Call.PlayRecording(8000, _call.Now)), Has.All.Contain("PlayFiller"));
    }
}
