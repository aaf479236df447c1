using Bridge.Simulator;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests;

/// <summary>The other provider: no network and no key, and a call all the same.</summary>
[CancelAfter(30_000)]
public sealed class EchoTests
{
    [Test]
    public async Task The_caller_is_greeted_hears_itself_and_can_interrupt(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        await using var caller = await bridge.CallAsync();
        await caller.WaitForMediaAsync(Pcmu.Samples(5000), cancel);
        await caller.WaitForMarksAsync(1, cancel);
        await caller.StepAsync(300, cancel);
        var greeting = caller.Playout.HeardSamples;
        Assert.That((greeting, caller.Playout.UnheardSamples), Is.EqualTo((41_040, 0)), "the greeting is heard to its end");

        var speech = Speech.Clip("caller-more");
        await SpeakAsync(caller, speech, cancel);
        await caller.StepAsync(40, cancel);
        await caller.WaitForMediaAsync(greeting + speech.Length, cancel);
        var repeated = caller.Playout.Received().AsMemory((int)greeting);
        Assert.That(repeated.Span.IndexOf(speech.AsSpan(800, 4000)), Is.GreaterThanOrEqualTo(0), "the caller hears its own words");

        await SpeakAsync(caller, Speech.Clip("caller-wait"), cancel);
        var clear = await caller.WaitForClearAsync(1, cancel);
        Assert.That(clear.Dropped, Is.GreaterThan(0), "and cuts them short");
        Assert.That(caller.Violations, Is.Empty);
    }

    private static async Task SpeakAsync(FakeCaller caller, byte[] speech, CancellationToken cancel)
    {
        var said = caller.SpeakAsync(speech);
        // Time must not run ahead of the bridge: a gap of its own making would be filled with silence.
        for (var frames = (speech.Length / 160) + 1; frames > 0; frames -= 10)
        {
            await caller.StepAsync(Math.Min(10, frames), cancel);
            await caller.SettleAsync(cancel);
        }

        await said;
    }
}
