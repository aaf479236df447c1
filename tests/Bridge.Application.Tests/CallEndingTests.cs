using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>Every way a call can end: the first reason stands, and both sides are closed exactly once.</summary>
public sealed class CallEndingTests
{
    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task Twilios_stop_ends_the_call()
    {
        _rig.Start();
        await _rig.Twilio.StopAsync();

        await EndsAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_stream_that_ends_without_stop_ends_the_call()
    {
        _rig.Start();
        _rig.Twilio.Ends();

        await EndsAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_model_that_closes_ends_the_call()
    {
        _rig.Start();
        _rig.Model.Ends();

        await EndsAsync(CallEndReason.ModelClosed);
    }

    [Test]
    public async Task A_model_that_cannot_be_reached_ends_the_call_and_the_log_says_why()
    {
        _rig.Mediator.Open = _ => Task.FromException<IRealtimeSession>(new RealtimeSessionException("api.example answered 401."));
        _rig.Start();

        await EndsAsync(CallEndReason.ModelFailed, modelCloses: 0);
        Assert.That(_rig.Logger.Entries, Has.Some.Matches<(LogLevel Level, string Text)>(e => e.Level == LogLevel.Error && e.Text.Contains("answered 401")));
    }

    [Test]
    public async Task An_error_no_session_survives_ends_the_call()
    {
        _rig.Start();
        await _rig.Model.ErrorAsync("session_expired", RealtimeErrorKind.Fatal);

        await EndsAsync(CallEndReason.ModelFailed);
    }

    [Test]
    public async Task A_response_that_fails_for_a_reason_no_session_survives_ends_the_call()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseFinished, "resp_1", Error: new RealtimeError("insufficient_quota", "", "No more.", RealtimeErrorKind.Fatal)));

        await EndsAsync(CallEndReason.ModelFailed);
    }

    [Test]
    public async Task Any_other_error_ends_nothing()
    {
        _rig.Start();
        await _rig.Model.ErrorAsync("item_truncate_invalid_item_id");
        await _rig.Model.SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseFinished, "resp_1", Error: new RealtimeError("rate_limit_exceeded", "", "Later.", RealtimeErrorKind.Other)));
        await _rig.Twilio.FrameAsync(20);
        Assert.That(_rig.Run.IsCompleted, Is.False);

        await _rig.Twilio.StopAsync();
        await EndsAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_breach_of_Twilios_protocol_ends_the_call()
    {
        _rig.Start();
        _rig.Twilio.Ends(new MediaStreamException("A message of more than 16384 bytes."));

        await EndsAsync(CallEndReason.ProtocolViolation);
    }

    [Test]
    public async Task Draining_ends_the_call_when_patience_is_over()
    {
        _rig.Start();
        var drained = _rig.Registry.DrainAsync(TimeSpan.FromSeconds(5), _rig.Time, CancellationToken.None);
        await _rig.Twilio.FrameAsync(20);
        Assert.That(_rig.Run.IsCompleted, Is.False);

        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        await EndsAsync(CallEndReason.Draining);
        await drained.WaitAsync(CallRig.Patience);
    }

    [Test]
    public async Task A_connection_that_is_gone_is_the_callers_end_though_the_models_reader_ends_with_it()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
        await _rig.AbortAsync();

        await EndsAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_connection_that_is_gone_while_the_model_is_dialled_is_the_callers_end()
    {
        _rig.Mediator.HoldOpening();
        _rig.Start();
        await _rig.AbortAsync();

        await EndsAsync(CallEndReason.CallerHungUp, modelCloses: 0);
    }

    [Test]
    public async Task A_hang_up_while_the_model_is_dialled_is_seen_at_once_and_the_dial_given_up()
    {
        var opening = _rig.Mediator.HoldOpening();
        _rig.Start();
        await _rig.Twilio.StopAsync();

        await EndsAsync(CallEndReason.CallerHungUp, modelCloses: 0);
        Assert.That(opening.Task.IsCanceled, Is.True);
    }

    [Test]
    public async Task A_session_that_opens_after_the_hang_up_is_closed()
    {
        var late = new TaskCompletionSource<IRealtimeSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Mediator.Open = _ => late.Task;
        _rig.Start();
        await _rig.Twilio.StopAsync();
        late.SetResult(_rig.Model);

        await EndsAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_hang_up_is_seen_while_Twilio_does_not_take_audio()
    {
        _rig.Twilio.Stuck = true;
        _rig.Start();
        _ = _rig.Model.DeltaAsync("resp_1", "item_1", 20);
        await _rig.Twilio.StopAsync();

        await EndsAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_hang_up_is_seen_while_the_model_does_not_take_audio()
    {
        _rig.Model.Stuck = true;
        _rig.Start();
        _ = _rig.Twilio.FrameAsync(20);
        _ = _rig.Twilio.StopAsync();

        await EndsAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task The_first_reason_stands_whatever_the_other_side_says_afterwards()
    {
        _rig.Start();
        _rig.Model.Ends();
        await _rig.Run.WaitAsync(CallRig.Patience);
        _rig.Twilio.Ends(new MediaStreamException("too late"));

        await EndsAsync(CallEndReason.ModelClosed);
    }

    private Task EndsAsync(CallEndReason reason, int modelCloses = 1) => _rig.EndsOnceAsync(reason, modelCloses);
}
