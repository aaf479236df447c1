using Bridge.Simulator;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>A session nears its end (<c>expires_at</c>): it is exchanged before, and the caller notices nothing.</summary>
[CancelAfter(60_000)]
public sealed class SessionExchangeTests
{
    private static readonly FakeModelOptions TwentySeconds = new() { Greeting = FaultCall.Spoken(1000), Answers = [FaultCall.Spoken(800)], ExpiresIn = TimeSpan.FromSeconds(20) };

    [Test]
    public async Task It_happens_between_turns_and_the_caller_notices_nothing(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(TwentySeconds, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        var said = call.Caller.SpeakAsync(CallerStamp.Quiet(1000));
        await call.PassAsync(12_500);
        var answer = first.RespondAsync(FaultCall.Spoken(3000) with { Speed = 1.5 });
        await call.HearOutAsync(2);
        var heardOut = call.Now;
        Assert.That(call.Bridge.Model.Dials, Has.Count.EqualTo(1), "not while the assistant speaks");

        await call.UntilAsync("another session is dialled", () => call.Bridge.Model.Dials.Count == 2, 1.5);
        var second = await call.NextSessionAsync();
        await call.Bridge.Logs.WaitForAsync("nears its end");
        await call.UntilAsync("all is said", () => said.IsCompleted, 20);
        await call.PassAsync(200);
        await answer;

        Assert.That(call.Bridge.Model.Dials[1].At, Is.GreaterThanOrEqualTo(heardOut - (TimeSpan.TicksPerMillisecond * 50)));
        Assert.That((await first.Closed).Status, Is.EqualTo(1000));
        Assert.That(first.Expired, Is.False);
        Assert.That(second.ResponseRequests, Is.Empty);
        Assert.That(second.Items.Select(item => item.Text), Is.EqualTo(new[] { FaultCall.Words(5), FaultCall.Words(15) }));
        Assert.That(call.Caller.Playout.Items.Select(item => item.HeardMs), Is.EqualTo(new[] { 1000, 3000 }));
        Assert.That(call.Caller.Playout.ReceivedSamples, Is.EqualTo(Pcmu.Samples(4000)), "and nothing else");
        var report = CallerStamp.Over(first.Record.Audio(), second.Record.Audio());
        Assert.That(report.IsWhole(1000), Is.True, report.ToString());

        await call.AskAsync();
        await call.HearOutAsync(3);
        Assert.That(second.Ledger.Single().GeneratedMs, Is.EqualTo(800));
        call.NothingIsWrong();
    }

    [Test]
    public async Task Without_a_pause_it_happens_at_the_last_moment_and_the_answer_is_taken_up(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(TwentySeconds, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.PassAsync(11_000);
        var began = call.Now;
        _ = first.RespondAsync(FaultCall.Spoken(20_000) with { Speed = 1 });
        await call.UntilAsync("another session is dialled", () => call.Bridge.Model.Dials.Count == 2, 15);
        var second = await call.GreetedAsync();
        await call.HearOutAsync(3);

        Assert.That(first.Expired, Is.False);
        Assert.That(TimeSpan.FromTicks(call.Bridge.Model.Dials[1].At - began).TotalSeconds, Is.InRange(4.5, 7.5));
        Assert.That(second.ResponseRequests.Single().Instructions, Does.Contain("cut off"));
        Assert.That(call.Caller.Clears, Is.Empty);
        call.NothingIsWrong();
    }

    [Test]
    public async Task What_is_heard_while_the_other_session_is_dialled_is_lost_to_neither(CancellationToken cancel)
    {
        // The caller begins to speak during the dial: then it is no pause any more, and the old session hears all of it.
        const int Frames = 100;
        var model = TwentySeconds with { Dials = [DialFault.None, DialFault.Delay(TimeSpan.FromMilliseconds(700))] };
        await using var call = await FaultCall.StartAsync(model, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.UntilAsync("another session is dialled", () => call.Bridge.Model.Dials.Count == 2, 20);
        var said = call.Caller.SpeakAsync(CallerStamp.Loud(Frames));
        await call.UntilAsync("all is said", () => said.IsCompleted);
        await call.UntilAsync("the caller is answered", () => call.Bridge.Model.Conversations.Any(session => session.Ledger.Any(item => item.GeneratedMs == 800)));
        await call.UntilAsync("and hears it", () => call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();

        var report = CallerStamp.Over(call.Bridge.Model.Conversations.Select(session => session.Record.Audio()));
        Assert.That(report.IsWhole(Frames), Is.True, report.ToString());
        Assert.That(first.Expired, Is.False);
        Assert.That(call.Caller.Clears, Is.Empty);
        call.NothingIsWrong();
    }

    [Test]
    public async Task A_model_that_cannot_be_had_then_leaves_the_old_session_in_its_place(CancellationToken cancel)
    {
        var model = TwentySeconds with { ExpiresIn = TimeSpan.FromSeconds(200), Dials = [DialFault.None, DialFault.Refuse(503), DialFault.Refuse(503)] };
        await using var call = await FaultCall.StartAsync(model, cancel, new() { ["IDLE_ASK_AFTER"] = "0", ["IDLE_END_AFTER"] = "0" });
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.UntilAsync("another session is dialled", () => call.Bridge.Model.Dials.Count == 3, 160);
        await call.Bridge.Logs.WaitForAsync("No session to take the place");
        await call.AskAsync();
        await call.HearOutAsync(2);
        Assert.That(first.Ledger, Has.Count.EqualTo(2), "the old one answers");

        await call.UntilAsync("it is tried again", () => call.Bridge.Model.Conversations.Count == 2, 40);
        await call.NextSessionAsync();
        await call.UntilAsync("the old one is closed", () => first.Closed.IsCompleted);
        Assert.That(first.Expired, Is.False);
        Assert.That(call.Caller.Streams, Is.EqualTo(1));
        call.NothingIsWrong();
    }
}
