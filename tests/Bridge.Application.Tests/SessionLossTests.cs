using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>When a lost session is worth another, and when it is not.</summary>
public sealed class SessionLossTests
{
    private readonly CallRig _rig = new(CallRig.Endless);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task Three_sessions_that_are_lost_at_once_are_enough()
    {
        var second = _rig.Next("second");
        var third = _rig.Next("third");
        _rig.Next("fourth");
        _rig.Start();
        _rig.Model.Ends();
        await second.ReadyAsync();
        second.Ends();
        await third.ReadyAsync();
        third.Ends();

        await _rig.EndsOnceAsync(CallEndReason.ModelUnreachable, modelCloses: 1);
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(3));
        Assert.That((_rig.Log.Count("second close"), _rig.Log.Count("third close")), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_session_that_lived_for_a_while_is_no_quick_loss()
    {
        var (second, third, fourth) = (_rig.Next("second"), _rig.Next("third"), _rig.Next("fourth"));
        _rig.Start();
        _rig.Model.Ends();
        await second.ReadyAsync();
        second.Ends();
        await third.ReadyAsync();
        await _rig.PassAsync(5);
        third.Ends();

        await fourth.ReadyAsync();
        Assert.That(_rig.Run.IsCompleted, Is.False);
    }

    [TestCase(RealtimeErrorKind.Fatal, CallEndReason.ModelRefused)]
    [TestCase(RealtimeErrorKind.Closed, CallEndReason.ModelClosed)]
    public async Task After_an_error_that_another_session_would_meet_too_there_is_no_other(RealtimeErrorKind kind, CallEndReason reason)
    {
        _rig.Next("second");
        _rig.Start();
        await _rig.Model.ErrorAsync("for_good", kind);

        await _rig.EndsOnceAsync(reason, modelCloses: 1);
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_session_that_says_it_is_over_is_replaced()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.Model.ErrorAsync("session_expired", RealtimeErrorKind.SessionOver);
        await next.ReadyAsync();

        await _rig.Log.SaidAsync("model close");
        Assert.That(_rig.Run.IsCompleted, Is.False);
    }

    [TestCase(RealtimeSessionFailure.Unreachable, CallEndReason.ModelUnreachable)]
    [TestCase(RealtimeSessionFailure.Busy, CallEndReason.ModelBusy)]
    [TestCase(RealtimeSessionFailure.Refused, CallEndReason.ModelRefused)]
    public async Task When_no_other_can_be_had_the_call_ends_and_says_why(RealtimeSessionFailure failure, CallEndReason reason)
    {
        _rig.Mediator.Refuse(failure);
        _rig.Start();
        _rig.Model.Ends();

        await _rig.EndsOnceAsync(reason, modelCloses: 1);
    }

    [Test]
    public async Task Errors_that_nobody_knows_are_borne_but_not_for_ever()
    {
        _rig.Start();
        for (var i = 0; i < 10; i++)
            await _rig.Model.ErrorAsync("who_knows");
        Assert.That(_rig.Run.IsCompleted, Is.False);

        await _rig.Model.ErrorAsync("who_knows");
        await _rig.EndsOnceAsync(CallEndReason.ModelFailed, modelCloses: 1);
    }

    [Test]
    public async Task Errors_over_a_long_time_are_borne_for_ever()
    {
        _rig.Start();
        for (var i = 0; i < 30; i++)
        {
            await _rig.Model.ErrorAsync("who_knows");
            await _rig.PassAsync(1.25);
        }

        Assert.That(_rig.Run.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_session_that_does_not_take_audio_is_replaced_when_patience_is_over()
    {
        var next = _rig.Next("second");
        _rig.Model.Stuck = true;
        _rig.Start();
        await _rig.Twilio.FrameAsync(null);
        await _rig.PassAsync(4.75);
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(1));

        await _rig.PassAsync(0.25);
        await next.ReadyAsync();
        await _rig.Log.SaidAsync("model close");
        Assert.That(_rig.Metrics.Measured, Does.Contain("bridge.session.reconnects 1 why=stuck"));
    }

    [Test]
    public async Task A_session_that_takes_nothing_is_replaced_though_its_reader_waits_for_a_command_to_go()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        (_rig.Model.Stuck, _rig.Model.StuckAtCommands) = (true, true);
        _ = _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Log.SaidAsync("model truncate item_1.0 at 0");
        await _rig.Twilio.FrameAsync(null);
        await _rig.PassAsync(5);

        await next.ReadyAsync();
        await _rig.Log.SaidAsync("model close");
    }

    [Test]
    public async Task A_hang_up_closes_a_session_whose_reader_waits_for_a_command_to_go()
    {
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        _rig.Model.StuckAtCommands = true;
        _ = _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Log.SaidAsync("model truncate item_1.0 at 0");
        await _rig.Twilio.StopAsync();

        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
    }
}
