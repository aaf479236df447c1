using Bridge.Domain.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>An end goes without saying so: the other is closed within the limit, and one line says why. Who is still there is not let go.</summary>
[CancelAfter(120_000)]
public sealed class VanishingPeerTests
{
    private static readonly FakeModelOptions Model = new() { Greeting = FaultCall.Spoken(1000), Answers = [FaultCall.Spoken(800)] };

    [Test]
    public async Task A_stream_that_brings_no_audio_for_ten_seconds_is_lost(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(Model, cancel);
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        var since = call.Now;
        call.Caller.GoSilent();
        await call.UntilAsync("the model's socket is closed", () => session.Closed.IsCompleted, 11);

        Assert.That(call.Bridge.Clock.GetElapsedTime(since).TotalSeconds, Is.InRange(9.9, 10.6));
        Assert.That((await session.Closed).Status, Is.EqualTo(1000));
        await call.Bridge.Logs.WaitForAsync("No audio from the caller's line");
        await call.UntilAsync("the stream's socket is over", () => call.Caller.AllStreams[0].Ended.IsCompleted, 1.5);
        await call.UntilAsync("the call is given up", () => call.EndReasons.Count > 0, 1);
        Assert.That(call.EndReasons, Is.EqualTo(new[] { "StreamLost" }));
    }

    [TestCase("stop, then no close", CallEndReason.CallerHungUp)]
    [TestCase("stop, then close", CallEndReason.CallerHungUp)]
    [TestCase("close without stop", CallEndReason.StreamLost)]
    [TestCase("reset", CallEndReason.StreamLost)]
    [TestCase("FIN only", CallEndReason.StreamLost)]
    public async Task However_Twilio_goes_both_sockets_are_closed_within_the_limit(string how, CallEndReason reason, CancellationToken cancel)
    {
        // Whatever the action answers, there is no second stream here: then the line would be the second one's.
        await using var call = await FaultCall.StartAsync(Model, cancel, change: options => options with { Route = Once(options.Webhook) });
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        switch (how)
        {
            case "stop, then no close": await call.Caller.StopWithoutClosingAsync(cancel); break;
            case "stop, then close": await call.Caller.HangUpAsync(cancel); break;
            case "close without stop": await call.Caller.CloseBareAsync(cancel); break;
            case "reset": call.Caller.Abort(); break;
            default: await call.Caller.HalfCloseAsync(cancel); break;
        }

        var closed = await session.Closed.WaitAsync(cancel);
        Assert.That((closed.By, closed.Status), Is.EqualTo((ClosedBy.Bridge, 1000)));
        await call.UntilAsync("no call is on", () => call.Registry.Active == 0, 2);
        await call.Caller.AllStreams[0].Ended.WaitAsync(cancel);
        await call.Bridge.Logs.WaitForAsync("Call ended");
        Assert.That(call.EndReasons, Is.EqualTo(new[] { reason.ToString() }));
        await call.Bridge.Model.WaitUntilAsync(model => model.OpenSockets == 0, cancel);
    }

    [Test]
    public async Task A_model_that_is_half_open_is_replaced_and_the_caller_answered(CancellationToken cancel)
    {
        // Its pings are real time's: two seconds of quiet, two seconds for the answer.
        await using var call = await FaultCall.StartAsync(Model, cancel, customize: builder => builder.Configuration["OpenAI:KeepAlive"] = "00:00:01");
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        first.GoHalfOpen();
        var second = await call.NextSessionAsync();
        await first.Closed.WaitAsync(cancel);
        await call.AskAsync();
        await call.HearOutAsync(2);

        Assert.That(second.Ledger, Has.Count.EqualTo(1));
        call.NothingIsWrong();
        await call.HangUpAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_model_that_takes_nothing_more_is_replaced_and_the_line_is_read_meanwhile(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(
            Model with { ReceiveBufferBytes = 4096 }, new() { ["TWILIO_INTRO_TEXT"] = "off", ["IDLE_ASK_AFTER"] = "0", ["IDLE_END_AFTER"] = "0" },
            builder => builder.Configuration["OpenAI:KeepAlive"] = "00:05:00");
        await using var caller = await bridge.CallAsync();
        var first = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel);
        first.StopReading();
        var given = bridge.Logs.WaitForAsync("is given up: stuck");
        for (var steps = 0; steps < 60_000 && !given.IsCompleted; steps += 50)
        {
            await caller.StepAsync(50, cancel);
            await caller.SettleAsync(cancel);
        }

        await given;
        var second = await bridge.Model.NextConversationAsync(cancel);
        while (second.Record.AudioBytes < 16_000)
        {
            await caller.StepAsync(1, cancel);
            await caller.SettleAsync(cancel);
        }

        first.ReadOn();
        await first.Closed.WaitAsync(cancel);
        await caller.HangUpAsync(cancel);
        await bridge.Logs.WaitForAsync("Call ended: CallerHungUp");
        await bridge.Model.WaitUntilAsync(model => model.OpenSockets == 0, cancel);
        Assert.That(FaultCall.ReasonsIn(bridge), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_call_of_ten_minutes_with_steady_frames_is_not_reaped(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(Model, cancel, new() { ["IDLE_ASK_AFTER"] = "0", ["IDLE_END_AFTER"] = "0" });
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.PassAsync(600_000);

        Assert.That(call.EndReasons, Is.Empty);
        Assert.That(session.Closed.IsCompleted, Is.False);
        Assert.That(call.Caller.Playout.ReceivedSamples, Is.EqualTo(Pcmu.Samples(1000)));
        await call.HangUpAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_call_of_three_hours_is_not_reaped_and_its_session_is_exchanged_each_hour(CancellationToken cancel)
    {
        // Time in large steps: a few frames every five seconds, stamped as if no time had passed between them.
        await using var call = await FaultCall.StartAsync(Model, cancel, new() { ["IDLE_ASK_AFTER"] = "0", ["IDLE_END_AFTER"] = "0" });
        await call.GreetedAsync();
        await call.HearOutAsync();
        var (bridge, caller) = (call.Bridge, call.Caller);
        for (var seconds = 0; seconds < 3 * 3600; seconds += 5)
        {
            caller.Frames.Pause(4900, timestampsGoOn: false);
            bridge.Clock.Advance(TimeSpan.FromMilliseconds(4900));
            await caller.StepAsync(5, cancel);
            await caller.SettleAsync(cancel);
            await bridge.Model.WaitUntilAsync(model => model.Conversations.Count == model.Dials.Count, cancel);
            var last = bridge.Model.Conversations[^1];
            await Task.WhenAny(last.WaitUntilAsync(session => session.IsConfigured, cancel), last.Closed);
            // Before time goes on the old one must be seen to end: a look in between would find a session that nears its end.
            await bridge.Model.WaitUntilAsync(model => model.OpenSockets <= 1, cancel);
        }

        Assert.That(call.EndReasons, Is.Empty);
        Assert.That((caller.Streams, caller.Ended.IsCompleted), Is.EqualTo((1, false)));
        // A dial may be too slow for time that runs like this: then it is tried again, half a minute later.
        Assert.That(bridge.Logs.Events.Count(e => LogRecord.Text(e).Contains("nears its end;", StringComparison.Ordinal)), Is.EqualTo(3), "after 55 minutes, and again, and again");
        await call.UntilAsync("one session is open", () => bridge.Model.OpenSockets == 1);
        await call.HangUpAsync(CallEndReason.CallerHungUp);
    }

    private static Func<Uri, Uri> Once(Uri webhook)
    {
        var opened = false;
        return address =>
        {
            var isStream = address.Scheme is "ws" or "wss";
            var refused = isStream && Interlocked.Exchange(ref opened, true);
            return new UriBuilder(address) { Scheme = isStream ? "ws" : webhook.Scheme, Host = webhook.Host, Port = webhook.Port, Path = refused ? "/nowhere" : address.AbsolutePath }.Uri;
        };
    }
}
