using Bridge.Domain.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>The machine's wall clock is set to another time during a call: the call has its own.</summary>
[CancelAfter(60_000)]
public sealed class WallClockTests
{
    [TestCase(1)]
    [TestCase(-1)]
    public async Task Nothing_happens_when_the_wall_clock_jumps_and_everything_when_it_would_have(int hours, CancellationToken cancel)
    {
        var clock = new ManualClock();
        var time = new WatchedTime(clock);
        var model = new FakeModelOptions
        {
            Greetings = [FaultCall.Spoken(1000)], Greeting = FaultCall.Spoken(600), Answers = [FaultCall.Spoken(800)], Dials = [DialFault.With(o => o with { ExpiresIn = TimeSpan.FromSeconds(40) })],
        };
        await using var bridge = await BridgeHost.StartAsync(
            model, new() { ["TWILIO_INTRO_TEXT"] = "off", ["IDLE_ASK_AFTER"] = "12", ["IDLE_END_AFTER"] = "0" }, builder => builder.Services.AddSingleton<TimeProvider>(time), clock);
        await using var call = await FaultCall.DialAsync(bridge, ownsBridge: false, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.AskAsync();
        var (lines, timers, fired) = (bridge.Logs.Events.Count, time.RunningTimers, clock.TimersFired);
        time.Wrong = TimeSpan.FromHours(hours);
        await call.Caller.SettleAsync(cancel);
        Assert.That((bridge.Logs.Events.Count, time.RunningTimers, clock.TimersFired), Is.EqualTo((lines, timers, fired)));

        await call.HearOutAsync(2);
        var heardOut = call.Now;
        await call.UntilAsync("the caller is asked", () => first.ResponseRequests.Count == 2, 13);
        Assert.That(clock.GetElapsedTime(heardOut).TotalSeconds, Is.InRange(11.5, 12.5), "silence is counted as before");
        await call.UntilAsync("the session is exchanged", () => bridge.Model.Dials.Count == 2, 30);
        var second = await call.NextSessionAsync();
        await call.UntilAsync("the old one is closed", () => first.Closed.IsCompleted);
        Assert.That(clock.GetElapsedTime(bridge.Model.Dials[0].At, bridge.Model.Dials[1].At).TotalSeconds, Is.InRange(29.5, 36), "a quarter of its life before its end");
        Assert.That(first.Expired, Is.False);

        time.Wrong = -time.Wrong;
        await call.AskAsync();
        await call.UntilAsync("the answer is heard", () => second.Ledger.Count == 1 && call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();
        await call.PassAsync(5000);
        Assert.That(call.EndReasons, Is.Empty);
        call.NothingIsWrong();
        await call.HangUpAsync(CallEndReason.CallerHungUp);
        var seconds = clock.GetElapsedTime(call.Caller.AllStreams[0].StartedAt).TotalSeconds;
        Assert.That(Duration(bridge.Logs.Lines.Single(line => line.Contains("Call ended", StringComparison.Ordinal))), Is.EqualTo(seconds).Within(3));
    }

    private static double Duration(string line) =>
        double.Parse(line.Split(" after ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
