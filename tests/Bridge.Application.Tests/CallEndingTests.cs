using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Turns;
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

    /// <summary>An exception costs as much as many frames, and at 200 calls a second each of them is seen.</summary>
    [Test]
    public async Task A_call_that_ends_as_calls_do_throws_nothing()
    {
        var thrown = new ConcurrentQueue<string>();
        void Note(object? sender, FirstChanceExceptionEventArgs e)
        {
            if (Environment.StackTrace.Contains("Bridge.Application.Bridging", StringComparison.Ordinal))
                thrown.Enqueue(e.Exception.ToString());
        }

        AppDomain.CurrentDomain.FirstChanceException += Note;
        try
        {
            _rig.Start();
            await _rig.FrameAtAsync(20);
            await _rig.Twilio.StopAsync();
            await EndsAsync(CallEndReason.CallerHungUp);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Note;
        }

        Assert.That(thrown, Is.Empty);
    }

    [Test]
    public async Task A_stream_that_ends_without_stop_ends_the_call()
    {
        _rig.Start();
        _rig.Twilio.Ends();

        await EndsAsync(CallEndReason.StreamLost);
    }

    [Test]
    public async Task A_model_that_closes_for_good_ends_the_call()
    {
        _rig.Start();
        await _rig.Model.ErrorAsync("closed_1008", RealtimeErrorKind.Closed);

        await EndsAsync(CallEndReason.ModelClosed);
    }

    [TestCase(RealtimeSessionFailure.Refused, CallEndReason.ModelRefused)]
    [TestCase(RealtimeSessionFailure.Busy, CallEndReason.ModelBusy)]
    [TestCase(RealtimeSessionFailure.Unreachable, CallEndReason.ModelUnreachable)]
    public async Task A_model_that_cannot_be_had_ends_the_call_and_the_log_says_why(RealtimeSessionFailure failure, CallEndReason reason)
    {
        _rig.Mediator.Open = _ => Task.FromException<IRealtimeSession>(new RealtimeSessionException("api.example answered 401.", failure));
        _rig.Start();

        await EndsAsync(reason, modelCloses: 0);
        Assert.That(_rig.Logger.Entries, Has.Some.Matches<(LogLevel Level, string Text)>(e => e.Level == LogLevel.Error && e.Text.Contains("answered 401")));
    }

    [Test]
    public async Task An_error_no_session_survives_ends_the_call()
    {
        _rig.Start();
        await _rig.Model.ErrorAsync("invalid_api_key", RealtimeErrorKind.Fatal);

        await EndsAsync(CallEndReason.ModelRefused);
    }

    [Test]
    public async Task A_response_that_fails_for_a_reason_no_session_survives_ends_the_call()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseFinished, "resp_1", Error: new RealtimeError("insufficient_quota", "", "No more.", RealtimeErrorKind.Fatal)) { Ending = ResponseEnding.Failed });

        await EndsAsync(CallEndReason.ModelRefused);
    }

    [Test]
    public async Task Any_other_error_ends_nothing()
    {
        _rig.Start();
        await _rig.Model.ErrorAsync("item_truncate_invalid_item_id");
        await _rig.Model.SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseFinished, "resp_1", Error: new RealtimeError("rate_limit_exceeded", "", "Later.", RealtimeErrorKind.Other)) { Ending = ResponseEnding.RateLimited });
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
        _rig.Options.DrainTimeout = TimeSpan.FromSeconds(5);
        var drained = _rig.Drain.RunAsync();
        await _rig.Twilio.FrameAsync(20);
        Assert.That(_rig.Run.IsCompleted, Is.False);

        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        await EndsAsync(CallEndReason.Draining);
        Assert.That(await _rig.SoonAsync(drained), Is.True);
    }

    [Test]
    public async Task A_connection_that_is_gone_is_a_lost_stream_though_the_models_reader_ends_with_it()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
        await _rig.AbortAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(0.25));

        await EndsAsync(CallEndReason.StreamLost);
    }

    [Test]
    public async Task A_connection_that_is_gone_while_the_model_is_dialled_is_a_lost_stream()
    {
        _rig.Mediator.HoldOpening();
        _rig.Start();
        await _rig.AbortAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(0.25));

        await EndsAsync(CallEndReason.StreamLost, modelCloses: 0);
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
        await _rig.Model.ErrorAsync("closed_1008", RealtimeErrorKind.Closed);
        await _rig.Run.WaitAsync(CallRig.Patience);
        _rig.Twilio.Ends(new MediaStreamException("too late"));

        await EndsAsync(CallEndReason.ModelClosed);
    }

    private Task EndsAsync(CallEndReason reason, int modelCloses = 1) => _rig.EndsOnceAsync(reason, modelCloses);
}
