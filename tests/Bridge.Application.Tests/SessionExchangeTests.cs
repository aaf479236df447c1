using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>A session that nears its end is exchanged before it, in a pause if there is one.</summary>
public sealed class SessionExchangeTests
{
    private readonly CallRig _rig = new(CallRig.Endless);

    [SetUp]
    public void TheSessionLivesForTwentySeconds() => _rig.Model.Lifetime = TimeSpan.FromSeconds(20);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task In_a_pause_it_is_exchanged_a_quarter_of_its_life_before_its_end_and_nobody_notices()
    {
        var next = _rig.Next("second");
        await AnswerAndPassAsync(14.75);
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(1));
        await _rig.PassAsync(0.25);
        await next.ReadyAsync();
        await _rig.Log.SaidAsync("model close");

        Assert.That(_rig.Mediator.Requests[1].History.Select(t => t.Heard), Is.EqualTo(new[] { "Hello." }));
        Assert.That(next.Requests, Is.Empty);
        Assert.That(_rig.Metrics.Measured, Does.Contain("bridge.session.reconnects 1 why=planned"));
        await _rig.Twilio.StopAsync();
        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
    }

    [Test]
    public async Task What_the_caller_says_during_the_exchange_is_heard_by_the_new_one_in_order()
    {
        var opening = await BeginExchangeAsync();
        var heardBefore = _rig.Model.Heard.Length;
        for (byte frame = 1; frame <= 3; frame++)
            await _rig.Twilio.FrameAsync(null, frame);
        var next = new ScriptedModel(_rig.Log, "second");
        opening.SetResult(next);
        await next.ReadyAsync();
        await _rig.Twilio.FrameAsync(null, 4);

        Assert.That(next.HeardFrames().SkipWhile(f => f == 0x55), Is.EqualTo(new[] { 1, 2, 3, 4 }));
        Assert.That(_rig.Model.Heard.Length, Is.EqualTo(heardBefore));
    }

    [Test]
    public async Task Without_a_pause_it_is_exchanged_at_the_last_moment_and_the_answer_is_taken_up_again()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.PassAsync(17.75);
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(1));
        await _rig.PassAsync(0.25);
        await next.ReadyAsync();

        Assert.That(next.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Take it up." }));
    }

    [Test]
    public async Task When_no_other_can_be_had_the_old_one_goes_on_with_what_was_said_meanwhile_and_it_is_tried_again_later()
    {
        _rig.Model.Lifetime = TimeSpan.FromSeconds(200);
        var opening = _rig.Mediator.HoldNext();
        var next = _rig.Next("second");
        await AnswerAndPassAsync(1);
        _rig.Time.Advance(TimeSpan.FromSeconds(148.75));
        await _rig.PassAsync(0.25);
        await _rig.Log.SaidAsync("dial 2");
        await _rig.Twilio.FrameAsync(null, 1);
        opening.SetException(new RealtimeSessionException("no", RealtimeSessionFailure.Unreachable));
        await OldOneHearsAsync(1, 2);

        await _rig.PassAsync(29.5);
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(2));
        await _rig.PassAsync(0.5);
        await next.ReadyAsync();
        await _rig.Log.SaidAsync("model close");
    }

    [Test]
    public async Task When_the_caller_has_begun_to_speak_meanwhile_the_old_one_is_kept_and_the_new_one_closed()
    {
        var opening = await BeginExchangeAsync();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Twilio.FrameAsync(null, 1);
        var unused = new ScriptedModel(_rig.Log, "second");
        opening.SetResult(unused);
        await _rig.Log.SaidAsync("second close");
        await OldOneHearsAsync(1, 2);

        Assert.That((_rig.Log.Count("model close"), unused.Heard.Length), Is.EqualTo((0, 0L)));
    }

    [Test]
    public async Task A_session_that_dies_while_it_is_exchanged_is_replaced_by_the_one_that_was_dialled()
    {
        var opening = await BeginExchangeAsync();
        _rig.Model.Ends();
        await _rig.Log.SaidAsync("model close");
        var next = new ScriptedModel(_rig.Log, "second");
        opening.SetResult(next);
        await next.ReadyAsync();

        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Also_when_the_caller_had_begun_to_speak()
    {
        var opening = await BeginExchangeAsync();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        _rig.Model.Ends();
        await _rig.Log.SaidAsync("model close");
        var next = new ScriptedModel(_rig.Log, "second");
        opening.SetResult(next);
        await next.ReadyAsync();

        Assert.That(next.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Hear it again." }));
    }

    [Test]
    public async Task A_session_that_dies_while_no_other_can_be_had_is_dialled_for_once_more()
    {
        var opening = await BeginExchangeAsync();
        var next = _rig.Next("third");
        _rig.Model.Ends();
        await _rig.Log.SaidAsync("model close");
        opening.SetException(new RealtimeSessionException("no", RealtimeSessionFailure.Unreachable));

        await next.ReadyAsync();
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_hang_up_during_the_exchange_ends_the_call_and_a_session_that_comes_late_is_closed()
    {
        var late = new TaskCompletionSource<IRealtimeSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Mediator.HandOut(_ => late.Task);
        await AnswerAndPassAsync(15);
        await _rig.Log.SaidAsync("dial 2");
        await _rig.Twilio.StopAsync();
        late.SetResult(new ScriptedModel(_rig.Log, "second"));

        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
        Assert.That(_rig.Log.Count("second close"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_fault_of_ours_in_the_exchange_ends_this_call_alone()
    {
        var opening = await BeginExchangeAsync();
        opening.SetException(new NotSupportedException("a fault of ours"));
        for (var i = 0; i < 8 && !_rig.Run.IsCompleted; i++)
        {
            await _rig.PassAsync(0.25);
            await Task.Delay(20);
        }

        await _rig.EndsOnceAsync(CallEndReason.InternalError, modelCloses: 1);
    }

    [Test]
    public async Task An_exchange_that_was_not_used_does_not_make_a_long_life_a_short_one()
    {
        var opening = await BeginExchangeAsync();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        opening.SetResult(new ScriptedModel(_rig.Log, "unused"));
        await _rig.Log.SaidAsync("unused close");
        var (second, third, fourth) = (_rig.Next("second"), _rig.Next("third"), _rig.Next("fourth"));
        _rig.Model.Ends();
        await second.ReadyAsync();
        second.Ends();
        await third.ReadyAsync();
        third.Ends();

        await fourth.ReadyAsync();
    }

    [Test]
    public async Task While_one_stands_ready_no_other_is_opened_though_the_old_ones_reader_is_held_up()
    {
        var (second, third) = (_rig.Next("second"), _rig.Next("third"));
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.PassAsync(16);
        _rig.Twilio.Stuck = true;
        var heldUp = _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.PassAsync(2);
        await _rig.Log.SaidAsync("model close");
        await _rig.PassAsync(2);
        _rig.Twilio.TakesAgain();
        await heldUp;
        await second.ReadyAsync();

        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(2));
        third.Ends();
    }

    private async Task AnswerAndPassAsync(double seconds)
    {
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1, words: "Hello.");
        await _rig.PassAsync(seconds);
    }

    private async Task<TaskCompletionSource<IRealtimeSession>> BeginExchangeAsync()
    {
        var opening = _rig.Mediator.HoldNext();
        await AnswerAndPassAsync(15);
        await _rig.Log.SaidAsync("dial 2");
        return opening;
    }

    /// <summary>What was said meanwhile goes to the old session with the next frame after it was taken up again.</summary>
    private async Task OldOneHearsAsync(int waited, byte next)
    {
        for (var i = 0; i < 1_000 && !_rig.Model.HeardFrames().Contains(waited); i++)
        {
            await Task.Delay(2);
            await _rig.Twilio.FrameAsync(null, next);
        }

        Assert.That(_rig.Model.HeardFrames().SkipWhile(f => f == 0x55).Distinct(), Is.EqualTo(new[] { waited, next }));
    }
}
