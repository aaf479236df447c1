using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>The caller's audio reaches the model in true time, whatever becomes of the frames.</summary>
[CancelAfter(30_000)]
public sealed class PaddingTests
{
    [TestCase(5, 5 * 160)]
    [TestCase(1000, 500 * 160)]
    public async Task Missing_frames_are_filled_with_silence_up_to_ten_seconds(int lost, int filled, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(100), Answers = [] }, customize: BridgeHost.Patient);
        await using var caller = await bridge.CallAsync();
        var session = await ReadyAsync(bridge, caller, cancel);
        var before = session.Record.AudioBytes;

        caller.Frames.Lose(lost);
        await caller.StepAsync(lost + 1, cancel);
        await caller.SettleAsync(cancel);

        var added = session.Record.Audio().AsSpan((int)before);
        Assert.That(added.Length, Is.EqualTo(filled + 160));
        Assert.That(added[..filled].IndexOfAnyExcept(Pcmu.Silence), Is.Negative);
    }

    [Test]
    public async Task Late_and_repeated_frames_are_dropped(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(100), Answers = [] });
        await using var caller = await bridge.CallAsync();
        var session = await ReadyAsync(bridge, caller, cancel);
        var before = session.Record.AudioBytes;

        await caller.RepeatFrameAsync(cancel);
        await caller.SendLateFrameAsync(200, cancel);
        await caller.StepAsync(1, cancel);
        await caller.SettleAsync(cancel);

        Assert.That(session.Record.AudioBytes - before, Is.EqualTo(160));
    }

    [TestCase(null, true)]
    [TestCase("0", false)]
    public async Task When_frames_stop_in_the_middle_of_a_sentence_silence_ends_it_once(string? setting, bool ends, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(
            new() { Greeting = ModelAnswer.Tones(100), Answers = [ModelAnswer.Tones(300)] },
            customize: b => b.Configuration["Bridge:CallerAudio:InactivityMs"] = setting ?? "750");
        await using var caller = await bridge.CallAsync();
        var session = await ReadyAsync(bridge, caller, cancel);
        var said = caller.SpeakAsync(Speech.Tone(600));
        await caller.StepAsync(31, cancel);
        await said;
        await caller.SettleAsync(cancel);
        var before = session.Record.AudioBytes;

        caller.Frames.Pause(5000);
        await caller.StepAsync(100, cancel);
        if (ends)
        {
            await session.WaitForAudioAsync(before + 8000, cancel);
            await caller.WaitForMediaAsync(Pcmu.Samples(400), cancel);
        }

        await caller.SettleAsync(cancel);
        Assert.That(session.Record.AudioBytes - before, Is.EqualTo(ends ? 8000 : 0));
    }

    private static async Task<FakeConversation> ReadyAsync(BridgeHost bridge, FakeCaller caller, CancellationToken cancel)
    {
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(100), cancel);
        caller.KeepStepWith(session);
        await caller.StepAsync(10, cancel);
        await caller.SettleAsync(cancel);
        return session;
    }
}
