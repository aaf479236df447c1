using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>The faults of the sample Bridge grew from, by the names its survey gave them. Each fails there and passes here.</summary>
[CancelAfter(30_000)]
public sealed class SeedFaultTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    [Test]
    public async Task E4_a_stop_closes_the_models_socket_within_a_second(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync();
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);

        await caller.HangUpAsync(cancel);
        var closed = await session.Closed.WaitAsync(OneSecond, cancel);

        Assert.That((closed.By, closed.Status), Is.EqualTo((ClosedBy.Bridge, 1000)));
        await bridge.Logs.WaitForAsync("Call ended: CallerHungUp");
    }

    [Test]
    public async Task E12_a_bare_close_does_the_same(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync();
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);

        await caller.CloseBareAsync(cancel);
        await session.Closed.WaitAsync(OneSecond, cancel);

        await bridge.Logs.WaitForAsync("Call ended: StreamLost");
    }

    [Test]
    public async Task And_so_does_a_connection_that_is_reset(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync();
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);

        caller.Abort();

        await session.Closed.WaitAsync(OneSecond, cancel);
    }

    [Test]
    public async Task E5_when_the_model_goes_for_good_the_stream_is_closed_and_the_caller_hears_the_apology(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync();
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);

        await session.CloseAsync(1008);
        var ended = await caller.Ended.WaitAsync(OneSecond, cancel);
        await caller.CallEnded.WaitAsync(cancel);

        Assert.That((ended.By, ended.Status), Is.EqualTo((ClosedBy.Bridge, 1000)));
        Assert.That(caller.Sentences[^1].Text, Does.Contain("sorry"));
        Assert.That(caller.HowItEnded, Is.EqualTo(CallEnding.Hangup));
        await bridge.Logs.WaitForAsync("Call ended: ModelClosed");
        Assert.That(bridge.Model.Dials, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task E6_a_truncation_never_names_audio_that_was_not_sent(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(500) with { HoldAfterMs = 100 }, Answers = [] }, customize: BridgeHost.Patient);
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(100), cancel);
        var sent = caller.Playout.ReceivedSamples;

        await ConversationTests.InterruptAfterAsync(5000, caller, session, cancel);
        await session.WaitForAsync("conversation.item.truncate", 1, cancel);

        Assert.That(session.Ledger[0].TruncatedToMs, Is.EqualTo(Pcmu.Milliseconds(sent)));
        Assert.That(session.Errors, Is.Empty);
    }

    [Test]
    public async Task E7_marks_that_a_clear_brings_back_do_not_disturb_the_next_answer(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(3000), Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(3000), cancel);
        var first = await ConversationTests.InterruptAfterAsync(500, caller, session, cancel);
        Assert.That(first.Marks, Is.Not.Empty, "the clear brought marks back");

        await session.SpeechStoppedAsync();
        await session.RespondAsync(ModelAnswer.Tones(4000));
        await caller.WaitForMediaAsync(Pcmu.Samples(7000), cancel);
        var second = await ConversationTests.InterruptAfterAsync(1500, caller, session, cancel, 2);
        await session.WaitForAsync("conversation.item.truncate", 2, cancel);

        Assert.That(session.Ledger[1].TruncatedToMs, Is.EqualTo(second.Items.Single(i => i.Item == session.Ledger[1].Ordinal).HeardMs).Within(20));
    }

    [Test]
    public async Task E8_a_late_delta_of_a_cut_answer_is_not_heard(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(3000) with { HoldAfterMs = 1000 }, Answers = [], LateDeltas = 3 });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel);

        await ConversationTests.InterruptAfterAsync(500, caller, session, cancel);
        await session.SpeechStoppedAsync();
        await session.RespondAsync(ModelAnswer.Tones(200));
        await caller.WaitForMediaAsync(Pcmu.Samples(1200), cancel);

        Assert.That(session.Ledger[0].GeneratedMs, Is.GreaterThan(1000), "late deltas were sent");
        Assert.That(caller.Playout.BlocksAfterClear, Is.Zero);
        Assert.That(caller.Playout.ReceivedSamples, Is.EqualTo(Pcmu.Samples(1200)));
    }

    [TestCase(401, 1, "ModelRefused")]
    [TestCase(503, 2, "ModelUnreachable")]
    public async Task E9_when_the_model_cannot_be_reached_the_caller_hears_the_apology(int status, int dials, string reason, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { RefuseWith = status });
        await using var caller = await bridge.CallAsync();
        var ended = await caller.Ended.WaitAsync(cancel);
        await caller.CallEnded.WaitAsync(cancel);

        Assert.That((ended.By, ended.Status), Is.EqualTo((ClosedBy.Bridge, 1000)));
        Assert.That(caller.Sentences[^1].Text, Does.Contain("sorry"));
        Assert.That(caller.HowItEnded, Is.EqualTo(CallEnding.Hangup));
        await bridge.Logs.WaitForAsync($"Call ended: {reason}");
        Assert.That(bridge.Logs.Lines.Count(l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains($"answered {status}", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(bridge.Model.Dials, Has.Count.EqualTo(dials));
    }

    [Test]
    public async Task E13_nothing_said_early_is_lost_on_either_side(CancellationToken cancel)
    {
        var ready = new TaskCompletionSource();
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(400), Answers = [], VadOnsetMs = 60_000, BeforeUpdated = _ => ready.Task });
        await using var caller = await bridge.CallAsync();
        var said = caller.SpeakAsync(Speech.Clip("caller-ask"));
        await caller.StepAsync(100, cancel);
        await said;
        ready.SetResult();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        await caller.StepAsync(5, cancel);
        await session.WaitForAudioAsync(caller.Record.SentBytes, cancel);

        var heard = session.Record.Audio();
        var speech = Speech.Clip("caller-ask");
        Assert.That(heard.AsSpan().IndexOf(speech.AsSpan(0, speech.Length / 160 * 160)), Is.GreaterThanOrEqualTo(0), "the caller's words arrive whole and in order");
        Assert.That(session.Violations, Is.Empty, "and not before the session is configured");
        Assert.That(caller.Playout.Received(), Has.Length.EqualTo(Pcmu.Samples(400)), "the greeting is heard from its first byte");
    }

    [Test]
    public async Task E15_a_malformed_text_neither_ends_the_call_nor_leaves_the_models_socket_open(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(200), Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(200), cancel);

        await caller.SendRawAsync("{\"event\":\"media\",", cancel);
        await caller.SendRawAsync("""{"event":"something-new","streamSid":"x"}""", cancel);
        await caller.StepAsync(10, cancel);
        await session.WaitForAudioAsync(caller.Record.SentBytes, cancel);
        await caller.HangUpAsync(cancel);
        await session.Closed.WaitAsync(OneSecond, cancel);

        var end = await bridge.Logs.WaitForAsync("Call ended");
        Assert.That(end.RenderMessage(null), Does.Contain("1 unknown, 1 malformed"));
    }
}
