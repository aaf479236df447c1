using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

public sealed class EndedCallTests
{
    [Test]
    public void The_first_reason_to_end_stands_and_nothing_is_heard_after_it()
    {
        var call = TestCall.Active();

        Assert.That(call.Call.TryEnd(CallEndReason.ModelClosed, call.Now), Is.True);
        Assert.That(call.Call.TryEnd(CallEndReason.CallerHungUp, call.Now), Is.False);
        Assert.That(call.Call.EndReason, Is.EqualTo(CallEndReason.ModelClosed));
        Assert.That(call.Plays("resp_1", "item_1", 200), Is.False);
        Assert.That(call.Finishes("item_1"), Is.Null);
    }

    [Test]
    public void An_ended_call_does_not_start_again()
    {
        var call = new Call(TestCall.Identity);
        call.TryEnd(CallEndReason.Draining, TimeSpan.Zero);
        call.StreamStarted();

        Assert.That(call.State, Is.EqualTo(CallState.Ended));
    }

    [Test]
    public void No_response_is_asked_for_once_a_call_has_ended()
    {
        var call = TestCall.Active();
        call.Call.TryEnd(CallEndReason.CallerHungUp, call.Now);

        Assert.That(call.Asks("say goodbye"), Is.Null);
    }

    [Test]
    public void A_request_that_waited_is_not_sent_once_a_call_has_ended()
    {
        var call = TestCall.Active();
        call.Begins("resp_1");
        call.Asks("and then");
        call.Call.TryEnd(CallEndReason.CallerHungUp, call.Now);

        Assert.That(call.Ends("resp_1"), Is.Null);
    }

    [Test]
    public void A_refused_request_is_not_sent_again_once_a_call_has_ended()
    {
        var call = TestCall.Active();
        var request = call.Asks("greet");
        call.Call.TryEnd(CallEndReason.CallerHungUp, call.Now);

        Assert.That(call.Call.ResponseRefused(request!.Number), Is.Null);
    }

    [Test]
    public void What_comes_late_to_an_ended_call_does_no_harm()
    {
        var call = TestCall.Active();
        call.Plays("resp_1", "item_1", 1000);
        var marks = call.Marks;
        call.Call.TryEnd(CallEndReason.CallerHungUp, call.Now);
        call.Until(20);
        call.Returns(marks.Before);
        call.Replaces();

        Assert.That(() => call.Interrupt(), Throws.Nothing);
        Assert.That(call.Call.EndReason, Is.EqualTo(CallEndReason.CallerHungUp));
    }
}
