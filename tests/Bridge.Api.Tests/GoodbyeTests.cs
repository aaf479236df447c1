using Bridge.Domain.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>A call that we end is ended with a goodbye, and the line is closed when the caller has heard it, not before.</summary>
[CancelAfter(60_000)]
public sealed class GoodbyeTests
{
    private const int GoodbyeMs = 7000;

    private static readonly FakeModelOptions Model = new()
    {
        Greetings = [FaultCall.Spoken(1000), FaultCall.Spoken(GoodbyeMs)], Answers = [FaultCall.Spoken(800)],
    };

    private static readonly Dictionary<string, string> Idle = new() { ["IDLE_ASK_AFTER"] = "0", ["IDLE_END_AFTER"] = "6" };

    private static readonly Dictionary<string, string> TooLong = new() { ["MAX_CALL_DURATION"] = "6" };

    [TestCase(CallEndReason.Idle, 7)]
    [TestCase(CallEndReason.TooLong, 6)]
    public async Task The_goodbye_is_heard_to_its_last_byte_before_the_line_is_closed(CallEndReason reason, double due, CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(Model, cancel, reason == CallEndReason.Idle ? Idle : TooLong);
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.UntilAsync("a goodbye is asked for", () => session.ResponseRequests.Count == 2);
        Assert.That(SecondsSinceStart(call), Is.InRange(due, due + 0.6));
        await call.EndsAsync(10, reason);

        Assert.That(session.ResponseRequests[1].Instructions, Does.Contain("goodbye"));
        var goodbye = call.Caller.Playout.Items[1];
        Assert.That((goodbye.Received, goodbye.Heard), Is.EqualTo(((long)Pcmu.Samples(GoodbyeMs), (long)Pcmu.Samples(GoodbyeMs))));
        Assert.That(((await call.Caller.Ended).By, (await call.Caller.Ended).Status), Is.EqualTo((ClosedBy.Bridge, 1000)));
        Assert.That(SecondsSinceStart(call), Is.InRange(due + 7, due + 8.5));
        Assert.That(call.Caller.HowItEnded, Is.EqualTo(CallEnding.Hangup));
        Assert.That(call.Caller.Actions.Single().Answer, Does.Contain("<Hangup").And.Not.Contain("<Say"));
        call.NothingIsWrong();
    }

    [Test]
    public async Task An_idle_caller_who_speaks_into_the_goodbye_is_not_let_go(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(Model, cancel, Idle);
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.UntilAsync("four seconds of the goodbye are heard", () => call.Caller.Playout.HeardSamples >= Pcmu.Samples(5000), 12);
        await call.SayAsync(Speech.Clip("caller-wait"));
        await call.HearOutAsync(3);
        await call.PassAsync(4500);

        Assert.That(call.Caller.Clears.Single().Items[1].HeardMs, Is.InRange(4000, 4300));
        Assert.That(call.Caller.Playout.Items[2].HeardMs, Is.EqualTo(800), "the caller is answered");
        Assert.That(call.Caller.Ended.IsCompleted, Is.False);
        Assert.That(session.ResponseRequests, Has.Count.EqualTo(2));
        call.NothingIsWrong();
        await call.HangUpAsync(CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_caller_who_stays_silent_is_asked_first_and_then_let_go(CancellationToken cancel)
    {
        var model = Model with { Greetings = [FaultCall.Spoken(1000), FaultCall.Spoken(1200), FaultCall.Spoken(2000)] };
        await using var call = await FaultCall.StartAsync(model, cancel);
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.UntilAsync("the caller is asked", () => session.ResponseRequests.Count == 2, 32);
        Assert.That(SecondsSinceStart(call), Is.InRange(31, 31.6), "half a minute after the greeting was heard");
        await call.HearOutAsync(2);
        await call.UntilAsync("a goodbye is asked for", () => session.ResponseRequests.Count == 3, 60);
        Assert.That(SecondsSinceStart(call), Is.InRange(91, 91.6), "a minute and a half after the greeting was heard");
        await call.EndsAsync(4, CallEndReason.Idle);

        Assert.That(call.Caller.Playout.Items.Select(item => item.HeardMs), Is.EqualTo(new[] { 1000, 1200, 2000 }));
        call.NothingIsWrong();
    }

    [TestCase(CallEndReason.Idle)]
    [TestCase(CallEndReason.TooLong)]
    public async Task When_the_last_mark_never_comes_the_line_is_closed_all_the_same(CallEndReason reason, CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(
            Model, cancel, reason == CallEndReason.Idle ? Idle : TooLong, change: options => options with { ReturnMarks = false });
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.UntilAsync("a goodbye is asked for", () => session.ResponseRequests.Count == 2);
        var asked = call.Now;
        await call.EndsAsync(12, reason);

        Assert.That(call.Bridge.Clock.GetElapsedTime(asked).TotalSeconds, Is.InRange(7, 10.5));
        Assert.That(call.Caller.Playout.Items[1].HeardMs, Is.EqualTo(GoodbyeMs));
        Assert.That(call.Caller.Actions.Single().Answer, Does.Not.Contain("<Say"));
    }

    [TestCase("stall", CallEndReason.Idle)]
    [TestCase("stall", CallEndReason.TooLong)]
    [TestCase("empty", CallEndReason.Idle)]
    [TestCase("server_error", CallEndReason.Idle)]
    [TestCase("server_error", CallEndReason.TooLong)]
    public async Task A_goodbye_that_the_model_cannot_speak_is_spoken_by_Twilio(string how, CallEndReason reason, CancellationToken cancel)
    {
        var goodbye = how switch
        {
            "stall" => FaultCall.Spoken(GoodbyeMs) with { HoldAfterMs = 0 },
            "empty" => ModelAnswer.Empty,
            _ => ModelAnswer.Failed(how),
        };
        var model = Model with { Greeting = goodbye, Greetings = [FaultCall.Spoken(1000)], Dials = [DialFault.None, DialFault.With(o => o with { Greetings = [] })] };
        await using var call = await FaultCall.StartAsync(model, cancel, reason == CallEndReason.Idle ? Idle : TooLong);
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.UntilAsync("a goodbye is asked for", () => session.ResponseRequests.Count >= 2);
        if (how == "stall")
        {
            await call.UntilAsync("another session is tried", () => call.Bridge.Model.Dials.Count == 2, 12);
            await call.NextSessionAsync();
        }

        await call.UntilAsync("the stream is over", () => call.Caller.Ended.IsCompleted, 20);
        await call.EndsAsync(5, reason);

        Assert.That(call.Caller.Sentences.Single().Text, Is.EqualTo("Thank you for calling. Goodbye."));
        Assert.That(call.Caller.HowItEnded, Is.EqualTo(CallEnding.Hangup));
    }

    private static double SecondsSinceStart(FaultCall call) => call.Bridge.Clock.GetElapsedTime(call.Caller.AllStreams[0].StartedAt).TotalSeconds;
}
