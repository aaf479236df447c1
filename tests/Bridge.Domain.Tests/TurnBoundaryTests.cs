using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>When a session can be exchanged without anybody's noticing.</summary>
public sealed class TurnBoundaryTests
{
    private readonly TestCall _call = TestCall.Active(at: 1000);

    private bool Boundary => _call.Call.AtTurnBoundary;

    [Test]
    public void In_a_pause_it_is() => Assert.That(Boundary, Is.True);

    [Test]
    public void Before_the_stream_has_begun_it_is_not() => Assert.That(new Call(TestCall.Identity).AtTurnBoundary, Is.False);

    [Test]
    public void After_the_end_it_is_not()
    {
        _call.Call.TryEnd(CallEndReason.CallerHungUp, _call.Now);
        Assert.That(Boundary, Is.False);
    }

    [Test]
    public void From_a_request_to_the_end_of_what_is_heard_it_is_not()
    {
        _call.Asks("greet");
        Assert.That(Boundary, Is.False, "asked for");
        _call.Begins("resp_1", 1);
        Assert.That(Boundary, Is.False, "begun");
        _call.Plays("resp_1", "item_1", 500);
        _call.Finishes("item_1");
        _call.Ends("resp_1");
        Assert.That(Boundary, Is.False, "still playing");
        _call.Until(1499);
        Assert.That(Boundary, Is.False, "a millisecond is left");
        _call.Until(1501);
        Assert.That(Boundary, Is.True, "heard");
    }

    [Test]
    public void While_the_caller_speaks_and_is_not_answered_it_is_not()
    {
        _call.Interrupt();
        Assert.That(Boundary, Is.False, "speaks");
        _call.StopsSpeaking();
        Assert.That(Boundary, Is.False, "waits");
        _call.Begins("resp_1");
        _call.Ends("resp_1", ResponseEnding.Cancelled);
        Assert.That(Boundary, Is.True, "nothing is coming");
    }

    [Test]
    public void While_a_filler_plays_it_is_not()
    {
        _call.Call.PlayRecording(8000, _call.Now);
        Assert.That(Boundary, Is.False);
    }

    [Test]
    public void While_a_limit_is_waited_for_it_is_not()
    {
        _call.Begins("resp_1");
        _call.Ends("resp_1", ResponseEnding.RateLimited);
        Assert.That(Boundary, Is.False);
    }

    [Test]
    public void While_there_is_no_session_it_is_not_and_then_it_is()
    {
        _call.Loses();
        Assert.That(Boundary, Is.False);
        _call.Replaces();
        Assert.That(Boundary, Is.True);
    }

    [Test]
    public void Once_the_goodbye_was_said_it_is_not()
    {
        var call = TestCall.Active(policy: new CallPolicy { LongestCall = TimeSpan.FromSeconds(1) });
        call.LooksUntil(1000, d => call.Answers("resp_1", "item_1", 100, d.Request!.Number));
        call.Until(1500);

        Assert.That(call.Call.AtTurnBoundary, Is.False);
    }
}
