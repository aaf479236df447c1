using Bridge.Application.Options;
using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>A call that has been silent for too long, or on for too long, ends with a goodbye that is heard to its last mark.</summary>
public sealed class GoodbyeTests
{
    private CallRig _rig = new(Patient);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task A_silent_caller_is_asked_after_thirty_seconds_and_let_go_after_ninety_from_the_end_of_what_was_heard()
    {
        await BeginAsync();
        await _rig.PassAsync(30.75);
        Assert.That(Asked(), Is.EqualTo(1));
        await _rig.PassAsync(0.25);
        Assert.That(_rig.Model.Requests[^1].Prompt, Is.EqualTo("Anybody there?"));
        await _rig.Model.AnswersAsync("resp_2", "item_2", 500, request: 2);

        await _rig.PassAsync(59.75);
        Assert.That(Asked(), Is.EqualTo(2));
        await _rig.PassAsync(0.25);
        Assert.That(_rig.Model.Requests[^1].Prompt, Is.EqualTo("Say goodbye."));
        await SayGoodbyeAsync("resp_3", request: 3);
        await EndsAsync(CallEndReason.Idle, goodbyeHeard: true);
    }

    [Test]
    public async Task A_call_that_is_too_long_is_ended_with_a_goodbye()
    {
        _rig = new CallRig(o =>
        {
            Patient(o);
            o.Patience.MaxCallDuration = TimeSpan.FromSeconds(20);
        });
        await BeginAsync();
        await _rig.PassAsync(19.75);
        Assert.That(Asked(), Is.EqualTo(1));
        await _rig.PassAsync(0.25);
        Assert.That(_rig.Model.Requests[^1].Prompt, Is.EqualTo("Say goodbye."));
        await SayGoodbyeAsync("resp_2", request: 2);

        await EndsAsync(CallEndReason.TooLong, goodbyeHeard: true);
    }

    [Test]
    public async Task A_last_mark_that_does_not_come_back_is_not_waited_for_longer_than_two_seconds()
    {
        await LetGoAsync();
        await _rig.Model.AnswersAsync("resp_3", "item_3", 2000, request: 3);
        await _rig.PassAsync(3.75);
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);

        await _rig.PassAsync(0.25);
        await EndsAsync(CallEndReason.Idle, goodbyeHeard: true);
    }

    [Test]
    public async Task A_goodbye_that_is_not_said_is_not_waited_for_longer_than_fifteen_seconds_and_Twilio_says_it()
    {
        await LetGoAsync();
        await _rig.PassAsync(14.75);
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);

        await _rig.PassAsync(0.25);
        await EndsAsync(CallEndReason.Idle, goodbyeHeard: false);
    }

    [Test]
    public async Task A_caller_who_speaks_during_the_goodbye_is_there_after_all()
    {
        await LetGoAsync();
        await _rig.Model.BeginsAsync("resp_3", request: 3);
        await _rig.Model.DeltaAsync("resp_3", "item_3", 2000);
        await _rig.Model.SaysAsync(Abstractions.RealtimeEventKind.SpeechStarted);
        await _rig.Model.EndsAsync("resp_3", Domain.Turns.ResponseEnding.Cancelled);
        await _rig.PassAsync(20);

        Assert.That((_rig.Log.Count("twilio close"), _rig.Log.Count("twilio clear")), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task A_caller_who_speaks_is_not_idle()
    {
        await BeginAsync();
        await _rig.PassAsync(25);
        await _rig.Model.SaysAsync(Abstractions.RealtimeEventKind.SpeechStarted);
        await _rig.Model.SaysAsync(Abstractions.RealtimeEventKind.SpeechStopped);
        await _rig.Model.AnswersAsync("resp_2", "item_2", 500);
        await _rig.PassAsync(25);

        Assert.That(Asked(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_goodbye_that_its_session_was_lost_over_is_said_by_the_next()
    {
        var next = _rig.Next("second");
        await LetGoAsync();
        _rig.Model.Ends();
        await next.ReadyAsync();
        Assert.That(next.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Say goodbye." }));

        await next.AnswersAsync("resp_3", "item_3", 500, request: next.Requests[0].Number);
        await _rig.PassAsync(3);
        await EndsAsync(CallEndReason.Idle, goodbyeHeard: true);
    }

    private static void Patient(BridgeOptions options)
    {
        CallRig.Endless(options);
        options.Patience.IdleAskAfter = TimeSpan.FromSeconds(30);
        options.Patience.IdleEndAfter = TimeSpan.FromSeconds(90);
    }

    private int Asked() => _rig.Model.Requests.Count;

    private async Task BeginAsync()
    {
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 1000, request: 1);
    }

    private async Task LetGoAsync()
    {
        await BeginAsync();
        await _rig.PassAsync(31);
        await _rig.Model.AnswersAsync("resp_2", "item_2", 500, request: 2);
        await _rig.PassAsync(60);
        Assert.That(_rig.Model.Requests[^1].Prompt, Is.EqualTo("Say goodbye."));
    }

    /// <summary>Two seconds of goodbye: the line is open to their end, and until the last mark is back.</summary>
    private async Task SayGoodbyeAsync(string response, int request)
    {
        await _rig.Model.AnswersAsync(response, "item_bye", 2000, request);
        await _rig.PassAsync(2.5);
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero, "the last mark has not come back");
        var last = _rig.Log.From("twilio mark").Last().Split('m')[^1];
        await _rig.Twilio.MarkAsync(0, int.Parse(last, null));
        await _rig.PassAsync(0.25);
    }

    private async Task EndsAsync(CallEndReason reason, bool goodbyeHeard)
    {
        await _rig.EndsOnceAsync(reason, modelCloses: 1);
        var outcome = await _rig.Outcomes.TakeAsync(TestNames.CallSid, CancellationToken.None);
        Assert.That((outcome?.Reason, outcome?.GoodbyeHeard), Is.EqualTo((reason, goodbyeHeard)));
        Assert.That(_rig.Log.Count("twilio clear"), Is.Zero);
    }
}
