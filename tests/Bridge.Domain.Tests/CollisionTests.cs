using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

/// <summary>What we ask for crosses what the model does: every such race leaves the call alive and one answer heard.</summary>
public sealed class CollisionTests
{
    private readonly TestCall _call = TestCall.Active();

    private Call Call => _call.Call;

    [Test]
    public void A_request_refused_because_another_response_is_active_is_made_again_once_that_one_is_done()
    {
        var request = _call.Asks("greet")!;
        _call.Begins("resp_m");
        _call.Plays("resp_m", "item_m", 200);
        Assert.That(Call.ResponseRefused(request.Number), Is.Null);

        Assert.That(_call.Ends("resp_m"), Is.EqualTo(request));
        _call.Begins("resp_1", request.Number);
        _call.Plays("resp_1", "item_1", 200);
        Assert.That(_call.Ends("resp_1"), Is.Null);
    }

    [Test]
    public void A_refusal_that_comes_after_the_other_response_was_done_does_not_stall()
    {
        var request = _call.Asks("greet")!;
        _call.Answers("resp_m", "item_m", 200);

        Assert.That(Call.ResponseRefused(request.Number), Is.EqualTo(request));
    }

    [Test]
    public void A_response_cancelled_before_it_had_an_id_is_an_orphan_of_which_nothing_is_heard()
    {
        var request = _call.Asks("greet")!;
        _call.Interrupt();

        Assert.That(_call.Begins("resp_1", request.Number), Is.True, "cancel it by its id");
        Assert.That(_call.Plays("resp_1", "item_1", 200), Is.False);
    }

    [Test]
    public void Once_the_orphan_is_done_the_next_answer_is_heard()
    {
        var request = _call.Asks("greet")!;
        _call.Interrupt();
        _call.Begins("resp_1", request.Number);
        _call.Ends("resp_1");

        Assert.That(_call.Begins("resp_2"), Is.False);
        Assert.That(_call.Plays("resp_2", "item_2", 200), Is.True);
    }

    [Test]
    public void A_cancel_that_crosses_the_end_of_its_response_leaves_the_next_answer_audible()
    {
        _call.Begins("resp_1");
        _call.Plays("resp_1", "item_1", 400);
        _call.Interrupt();
        _call.Ends("resp_1");
        Call.ResponseFailed(null);
        Call.ResponseRefused(null);

        _call.Begins("resp_2");
        Assert.That(_call.Plays("resp_2", "item_2", 200), Is.True);
    }

    [Test]
    public void An_error_without_an_end_of_a_response_does_not_leave_the_call_stuck()
    {
        var request = _call.Asks("greet")!;
        Call.ResponseFailed(request.Number);

        Assert.That(_call.Asks("again")?.Prompt, Is.EqualTo("again"));
    }
}
