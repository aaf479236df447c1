using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>A call over real sockets, in virtual time: the model must remember what the caller heard, and nothing else.</summary>
[CancelAfter(30_000)]
public sealed class ConversationTests
{
    [Test]
    public async Task The_assistant_greets_first_and_without_a_made_up_turn_of_the_caller(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(1000), Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        var greeting = await session.WaitForAsync("response.create", 1, cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel);

        Assert.That(session.Received.Select(e => e.Type), Is.EqualTo(new[] { "session.update", "response.create" }));
        Assert.That(greeting["response.instructions"], Does.Contain("Greet the caller"));
        Assert.That(caller.Playout.BlocksCorrupt + caller.Playout.BlocksOutOfOrder, Is.Zero);
    }

    [Test]
    public async Task The_session_is_configured_in_full_and_without_a_temperature(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(variables: new() { ["OPENAI_TEMPERATURE"] = "0.7", ["OPENAI_RESPONSE_VOICE"] = "cedar", ["OPENAI_SYSTEM_PROMPT"] = "Be brief." });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        var update = await session.WaitForAsync("session.update", 1, cancel);
        await session.WaitForAsync("response.create", 1, cancel);

        Assert.That(session.Model, Is.EqualTo("gpt-realtime-2.1"));
        Assert.That(update["session.output_modalities"], Is.EqualTo("""["audio"]"""));
        Assert.That(update["session.instructions"], Is.EqualTo("Be brief."));
        Assert.That(update["session.audio.input.format"], Is.EqualTo("""{"type":"audio/pcmu"}"""));
        Assert.That(update["session.audio.output.format"], Is.EqualTo("""{"type":"audio/pcmu"}"""));
        Assert.That(update["session.audio.output.voice"], Is.EqualTo("cedar"));
        Assert.That(
            update["session.audio.input.turn_detection"],
            Is.EqualTo("""{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":500,"create_response":true,"interrupt_response":true}"""));
        Assert.That(update.Body.ToString(), Does.Not.Contain("temperature"));
        Assert.That(session.Errors, Is.Empty);
        Assert.That(bridge.Logs.Lines, Has.One.Contains("OPENAI_TEMPERATURE has no effect"));
    }

    [Test]
    public async Task What_the_caller_says_is_answered_and_every_byte_arrives_in_order(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(200), Answers = [ModelAnswer.Tones(600)] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(200), cancel);
        await caller.StepAsync(15, cancel);

        var said = caller.SpeakAsync(Speech.Tone(500));
        await caller.StepAsync(80, cancel);
        await said;
        await caller.WaitForMediaAsync(Pcmu.Samples(800), cancel);
        await session.WaitForAudioAsync(caller.Record.SentBytes, cancel);
        await caller.StepAsync(40, cancel);

        Assert.That(session.Ledger.Select(i => (i.GeneratedMs, i.TruncatedToMs)), Is.EqualTo(new (int, int?)[] { (200, null), (600, null) }));
        Assert.That(session.Violations.Concat(caller.Violations), Is.Empty);
        Assert.That(caller.Playout.HeardSamples, Is.EqualTo(Pcmu.Samples(800)));
        Assert.That(caller.Clears, Is.Empty);
    }

    [Test]
    public async Task An_answer_cut_in_its_middle_is_remembered_up_to_there(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(3000) with { HoldAfterMs = 2000 }, Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(2000), cancel);

        var clear = await InterruptAfterAsync(1240, caller, session, cancel);
        await session.WaitForAsync("conversation.item.truncate", 1, cancel);

        Assert.That(session.Ledger[0].TruncatedToMs, Is.EqualTo(clear.Items[0].HeardMs).Within(20));
        Assert.That(session.Errors.Select(e => e.Message), Is.Empty);
    }

    [Test]
    public async Task With_two_items_queued_each_is_truncated_at_its_own_position(CancellationToken cancel)
    {
        // E14 of the sample this grew from: it truncates the second at the first one's position, and the first not at all.
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(4000, 4000), Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(8000), cancel);

        var clear = await InterruptAfterAsync(1000, caller, session, cancel);
        await session.WaitForAsync("conversation.item.truncate", 2, cancel);

        Assert.That(session.Ledger[0].TruncatedToMs, Is.EqualTo(clear.Items[0].HeardMs).Within(20));
        Assert.That(session.Ledger[1].TruncatedToMs, Is.Zero);
        Assert.That(session.Errors, Is.Empty);
    }

    [Test]
    public async Task An_interruption_long_after_generation_ended_still_cuts(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(9000), Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(9000), cancel);
        await session.WaitUntilAsync(one => one.ActiveResponseId is null, cancel);

        var clear = await InterruptAfterAsync(7000, caller, session, cancel);
        await session.WaitForAsync("conversation.item.truncate", 1, cancel);

        Assert.That(session.Ledger[0].TruncatedToMs, Is.EqualTo(clear.Items[0].HeardMs).Within(20));
    }

    [Test]
    public async Task Speech_after_everything_was_heard_cuts_nothing(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(400), Answers = [ModelAnswer.Tones(300)] });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        await caller.StepAsync(30, cancel);

        await session.WaitForAudioAsync(caller.Record.SentBytes, cancel);
        await session.SpeechStartedAsync();
        await session.SpeechStoppedAsync();
        await caller.WaitForMediaAsync(Pcmu.Samples(700), cancel);

        Assert.That(caller.Clears, Is.Empty);
        Assert.That(session.Received.Select(e => e.Type), Does.Not.Contain("conversation.item.truncate"));
    }

    /// <summary>Lets the caller hear so much, makes sure the bridge has seen those frames, and has the model report speech.</summary>
    internal static async Task<ClearSnapshot> InterruptAfterAsync(int heardMs, FakeCaller caller, FakeConversation session, CancellationToken cancel, int number = 1)
    {
        await caller.StepAsync(heardMs / 20, cancel);
        await session.WaitForAudioAsync(caller.Record.SentBytes, cancel);
        await session.SpeechStartedAsync();
        return await caller.WaitForClearAsync(number, cancel);
    }
}
