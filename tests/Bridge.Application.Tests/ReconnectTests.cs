using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Application.Tests;

/// <summary>The model's session is lost in the middle of a call: another takes its place, and the caller need not begin again.</summary>
public sealed class ReconnectTests
{
    private readonly CallRig _rig = new(CallRig.Endless);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task The_new_session_is_told_the_conversation_and_nobody_is_greeted_twice()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 1000, request: 1, words: "Hello there.");
        await _rig.PassAsync(1.5);
        await _rig.Model.AllWordsAsync("item_2", Speaker.Caller, "Good day.");
        _rig.Model.Ends();
        await next.ReadyAsync();

        Assert.That(_rig.Mediator.Requests.Select(r => r.Call), Has.All.EqualTo(TestNames.Identity));
        Assert.That(_rig.Mediator.Requests[0].History, Is.Empty);
        Assert.That(
            _rig.Mediator.Requests[1].History,
            Is.EqualTo(new[] { new TranscriptTurn("item_1", Speaker.Assistant, "Hello there.", ""), new TranscriptTurn("item_2", Speaker.Caller, "Good day.", "") }));
        Assert.That(next.Requests, Is.Empty);
    }

    [Test]
    public async Task A_greeting_that_had_not_begun_is_asked_of_the_new_session()
    {
        var next = _rig.Next("second");
        _rig.Start();
        _rig.Model.Ends();
        await next.ReadyAsync();

        Assert.That(next.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Say hello." }));
    }

    [Test]
    public async Task An_answer_that_was_cut_is_taken_up_again_and_what_was_sent_of_it_plays_on()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        _rig.Model.Ends();
        await next.ReadyAsync();

        Assert.That(next.Requests, Is.EqualTo(new[] { new ResponseRequest(2, "Take it up.") }));
        Assert.That(_rig.Log.Count("twilio clear"), Is.Zero);
    }

    [Test]
    public async Task A_caller_who_was_speaking_is_answered_or_asked_to_say_it_again()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        _rig.Model.Ends();
        await next.ReadyAsync();

        Assert.That(next.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Hear it again." }));
    }

    [Test]
    public async Task What_the_caller_says_meanwhile_is_replayed_in_order_after_the_request()
    {
        var opening = await LoseAsync();
        for (byte frame = 1; frame <= 5; frame++)
            await _rig.Twilio.FrameAsync(frame * 20, frame);
        var next = await OpenAsync(opening);
        await _rig.Twilio.FrameAsync(120, 6);

        Assert.That(next.HeardFrames(), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(_rig.Log.From("second"), Is.EqualTo(new[] { "second create 2", "second append 800", "second append 160" }));
    }

    [Test]
    public async Task What_the_caller_says_while_the_answer_is_asked_for_does_not_overtake_the_request()
    {
        var opening = await LoseAsync();
        await _rig.Twilio.FrameAsync(20, 1);
        var next = new ScriptedModel(_rig.Log, "second") { OnRequest = () => _rig.Twilio.FrameAsync(40, 2).Wait(CallRig.Patience) };
        opening.SetResult(next);
        await next.ReadyAsync();
        await _rig.Twilio.FrameAsync(60, 3);

        Assert.That(_rig.Log.From("second"), Is.EqualTo(new[] { "second create 2", "second append 320", "second append 160" }));
    }

    [Test]
    public async Task Of_more_than_ten_seconds_the_oldest_is_dropped_and_counted()
    {
        var opening = await LoseAsync();
        for (var frame = 0; frame < 503; frame++)
            await _rig.FrameAtAsync(frame * 20, (byte)(frame % 251));
        var next = await OpenAsync(opening);
        await _rig.FrameAtAsync(503 * 20, 252);
        await _rig.Twilio.StopAsync();

        Assert.That((await _rig.EndAsync()).DroppedMs, Is.EqualTo(60));
        Assert.That(next.HeardFrames(), Is.EqualTo(Enumerable.Range(3, 500).Select(f => f % 251).Append(252)));
    }

    [Test]
    public async Task The_lost_session_is_closed_once_and_the_new_one_at_the_end()
    {
        var next = _rig.Next("second");
        _rig.Start();
        _rig.Model.Ends();
        await next.ReadyAsync();
        await _rig.Log.SaidAsync("model close");
        Assert.That(_rig.Log.Count("second close"), Is.Zero);

        await _rig.Twilio.StopAsync();
        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
        Assert.That(_rig.Log.Count("second close"), Is.EqualTo(1));
        Assert.That(_rig.Metrics.Measured, Does.Contain("bridge.session.reconnects 1 why=lost"));
    }

    [Test]
    public async Task A_lost_session_that_does_not_close_holds_up_neither_the_next_one_nor_audio()
    {
        var never = new TaskCompletionSource();
        _rig.Model.Closing = never.Task;
        var next = _rig.Next("second");
        _rig.Start();
        _rig.Model.Ends();
        await next.ReadyAsync();
        await _rig.Twilio.FrameAsync(20, 1);
        await next.DeltaAsync("resp_2", "item_2", 20);
        Assert.That((next.Heard.Length, _rig.Log.Count("twilio media 160")), Is.EqualTo((160L, 1)));

        never.SetResult();
        await _rig.Twilio.StopAsync();
        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
    }

    [Test]
    public async Task Late_audio_of_the_lost_session_is_cut_with_the_rest_and_the_new_one_is_corrected()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.FrameAtAsync(0);
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 1000);
        await _rig.Model.AllWordsAsync("item_1", Speaker.Assistant, "one two three four five");
        _rig.Model.Ends();
        await next.ReadyAsync();
        await _rig.FrameAtAsync(500);
        await next.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Count("twilio clear"), Is.EqualTo(1));
        Assert.That(_rig.Log.Entries, Does.Contain("second correct item_1: one two | three four five"));
        Assert.That(_rig.Log.Entries, Has.None.Contains("truncate"), "the new session does not know the item");
    }

    [Test]
    public async Task A_hang_up_while_the_next_session_is_dialled_ends_the_call_and_the_dial()
    {
        var opening = await LoseAsync();
        await _rig.Twilio.StopAsync();

        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
        Assert.That(opening.Task.IsCanceled, Is.True);
    }

    private async Task<TaskCompletionSource<IRealtimeSession>> LoseAsync()
    {
        var opening = _rig.Mediator.HoldNext();
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 20);
        _rig.Model.Ends();
        await _rig.Log.SaidAsync("dial 2");
        return opening;
    }

    private async Task<ScriptedModel> OpenAsync(TaskCompletionSource<IRealtimeSession> opening)
    {
        var next = new ScriptedModel(_rig.Log, "second");
        opening.SetResult(next);
        await next.ReadyAsync();
        return next;
    }
}
