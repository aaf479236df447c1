using Bridge.Simulator;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>What we ask for crosses what the model does: the call goes on, and one answer is heard.</summary>
[CancelAfter(30_000)]
public sealed class CollisionTests
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_request_refused_because_another_is_active_is_made_again_after_that_ones_end(bool endFirst, CancellationToken cancel)
    {
        await using var bridge = await StartAsync(ModelAnswer.Tones(400));
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        var other = session.RespondAsync(ModelAnswer.ToolOnly with { HoldAfterMs = 0 });
        await session.WaitUntilAsync(s => s.ActiveResponseId is not null, cancel);
        if (endFirst)
            session.Collisions.FinishBeforeNextRefusal();
        _ready.SetResult();
        await session.WaitUntilAsync(s => s.Errors.Count > 0, cancel);
        if (!endFirst)
            session.Continue();
        await other;

        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        // Where nothing is known to be active, one try more is made at once; then the end of the other is waited for.
        Assert.That(session.Errors.Select(e => e.Code), Is.All.EqualTo("conversation_already_has_active_response"));
        Assert.That(session.Errors, Has.Count.InRange(1, endFirst ? 1 : 2));
        Assert.That(session.Received.Count(e => e.Type == "response.create"), Is.EqualTo(session.Errors.Count + 1));
        Assert.That(bridge.Logs.Lines, Has.None.StartsWith("Warning The model"));
        Assert.That(session.Violations, Is.Empty, "no event id came twice");
    }

    [Test]
    public async Task An_error_without_any_response_done_does_not_leave_it_stuck(CancellationToken cancel)
    {
        await using var bridge = await StartAsync(ModelAnswer.Tones(400));
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        session.Collisions.RefuseNextCreate();
        _ready.SetResult();

        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        Assert.That(session.Errors, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_greeting_that_begins_only_when_the_caller_already_speaks_is_cancelled_by_its_id_and_never_heard(CancellationToken cancel)
    {
        await using var bridge = await StartAsync(ModelAnswer.Tones(2000) with { HoldBeforeCreated = true, HoldAfterMs = 400 });
        _ready.SetResult();
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);
        caller.KeepStepWith(session);
        await caller.StepAsync(10, cancel);

        await session.SpeechStartedAsync();
        session.Continue();
        var cancelled = await session.WaitForAsync("response.cancel", 1, cancel);
        await session.WaitUntilAsync(s => s.ActiveResponseId is null, cancel);
        await session.SpeechStoppedAsync();
        await session.RespondAsync(ModelAnswer.Tones(200));
        await caller.StepAsync(20, cancel);

        // The cancel may be so quick that the greeting has no item yet.
        var answer = session.Ledger[^1];
        var greeting = session.Ledger.Where(item => item != answer).ToList();
        Assert.That(greeting.Select(item => item.ResponseId), Is.All.EqualTo((string?)cancelled["response_id"]));
        Assert.That((string?)cancelled["response_id"], Is.Not.EqualTo(answer.ResponseId));
        Assert.That(greeting.Select(item => item.TruncatedToMs), Is.All.Zero, "what was generated of it is forgotten");
        Assert.That(caller.Playout.HeardSamples, Is.EqualTo(Pcmu.Samples(200)), "only the answer is heard");
        Assert.That(session.Errors, Is.Empty);
    }

    [Test]
    public async Task A_cancel_that_comes_too_late_is_no_fault(CancellationToken cancel)
    {
        await using var bridge = await StartAsync(ModelAnswer.Tones(200) with { HoldBeforeCreated = true }, debug: true);
        _ready.SetResult();
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);
        caller.KeepStepWith(session);
        await caller.StepAsync(10, cancel);

        // Whether the cancel or the response's end comes first is chance; the refusal that follows the second is sent here.
        await session.SpeechStartedAsync();
        session.Continue();
        await session.WaitForAsync("response.cancel", 1, cancel);
        await session.SendErrorAsync(new RealtimeError("response_cancel_not_active", "Cancellation failed: no active response found"));
        await bridge.Logs.WaitForAsync("A race, and no fault: response_cancel_not_active");
        await session.WaitUntilAsync(s => s.ActiveResponseId is null, cancel);
        await session.SpeechStoppedAsync();
        await session.RespondAsync(ModelAnswer.Tones(200));
        await caller.StepAsync(20, cancel);

        Assert.That(session.Errors.Select(e => e.Code), Is.All.EqualTo("response_cancel_not_active"));
        Assert.That(caller.Playout.HeardSamples, Is.EqualTo(Pcmu.Samples(200)));
    }

    private Task<BridgeHost> StartAsync(ModelAnswer greeting, bool debug = false) =>
        BridgeHost.StartAsync(
            new() { Greeting = greeting, Answers = [], RequireEventIds = true, BeforeUpdated = _ => _ready.Task },
            debug ? new() { ["LOG_LEVEL"] = "debug" } : null);
}
