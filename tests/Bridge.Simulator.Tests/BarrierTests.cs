using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

internal sealed class BarrierTests
{
    [Test]
    public async Task Settling_waits_until_the_bridge_has_handled_everything_and_its_answers_were_read()
    {
        await using var bridge = await StandInBridge.StartAsync();
        await using var caller = await FakeCaller.DialAsync(new FakeCallerOptions { Webhook = bridge.Webhook, Pacing = Pacing.Manual }, ModelClient.Limit());
        var stream = await bridge.StreamAsync();
        var gate = new TaskCompletionSource();
        var answering = AnswerAsync(stream, gate.Task);
        await caller.StepAsync(3);
        var settled = caller.SettleAsync(ModelClient.Limit());
        Assert.That(settled.IsCompleted, Is.False);
        gate.SetResult();
        await settled;
        Assert.That(caller.Record.Count(BridgeMessageKind.Media), Is.EqualTo(3));
        Assert.That(caller.Violations, Is.Empty, "a ping's answer is no message");
        await stream.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
        await caller.Ended.WaitAsync(ModelClient.Limit());
        await caller.SettleAsync(ModelClient.Limit());
        await answering.WaitAsync(ModelClient.Limit());
    }

    // A bridge that answers each frame with one of its own, once it may.
    private static async Task AnswerAsync(StandInBridge.Stream stream, Task gate)
    {
        await stream.UntilAsync("start");
        await gate;
        while (await stream.ReceiveTextAsync() is { } text)
        {
            if (text.Contains("\"media\"", StringComparison.Ordinal))
                await stream.PlayAsync(Speech.Tone(20));
        }
    }
}
