using Bridge.Domain.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>A media stream is lost and the caller is still on the line: the next stream goes on with the conversation.</summary>
[CancelAfter(60_000)]
public sealed class ResumedStreamTests
{
    private const string Apology = "I am sorry, something went wrong on our side. Please call again in a moment. Goodbye.";

    private static readonly FakeModelOptions Model = new()
    {
        Greetings = [FaultCall.Spoken(4000)], Answers = [FaultCall.Spoken(800)], Dials = [DialFault.None, DialFault.With(o => o with { Greetings = [FaultCall.Spoken(1200)] })],
    };

    [TestCase("reset")]
    [TestCase("close")]
    [TestCase("FIN")]
    public async Task The_next_stream_takes_up_what_was_heard_and_does_not_greet(string how, CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(Model, cancel);
        var first = await call.GreetedAsync();
        await call.UntilAsync("half of the greeting is heard", () => call.Caller.Playout.HeardSamples >= Pcmu.Samples(2100));
        await LoseAsync(call, how, cancel);
        await first.Closed.WaitAsync(cancel);
        await call.Caller.WaitForStreamAsync(2, cancel);
        var second = await call.GreetedAsync();
        await call.HearOutAsync();

        Assert.That(second.WasGreetingAsked, Is.False);
        Assert.That(second.ResponseRequests.Single().Instructions, Does.Contain("cut off"));
        Assert.That(second.Items.Single(item => item.ByClient).Text, Is.EqualTo(FaultCall.Words(10)), "only what was heard");
        Assert.That(second.Instructions, Is.EqualTo(first.Instructions));
        Assert.That(call.Caller.Playout.Items.Single().HeardMs, Is.EqualTo(1200));

        await call.AskAsync();
        await call.HearOutAsync(2);
        Assert.That(second.Ledger, Has.Count.EqualTo(2), "the conversation goes on");
        call.NothingIsWrong();
        await call.HangUpAsync(CallEndReason.StreamLost, CallEndReason.CallerHungUp);
        Assert.That(call.Caller.Sentences, Is.Empty);
    }

    [Test]
    public async Task A_third_stream_knows_all_of_it_and_a_fourth_is_not_tried(CancellationToken cancel)
    {
        var model = Model with { Dials = [], Greetings = [FaultCall.Spoken(1000)] };
        await using var call = await FaultCall.StartAsync(model, cancel);
        for (var stream = 1; stream <= 3; stream++)
        {
            await call.Caller.WaitForStreamAsync(stream, cancel);
            var session = await call.GreetedAsync();
            await call.HearOutAsync();
            Assert.That(session.Items.Count(item => item.ByClient), Is.EqualTo(stream - 1));
            Assert.That(session.WasGreetingAsked, Is.EqualTo(stream == 1));
            call.Caller.Abort();
            await session.Closed.WaitAsync(cancel);
        }

        await call.EndsAsync(20, CallEndReason.StreamLost, CallEndReason.StreamLost, CallEndReason.StreamLost);
        Assert.That((call.Caller.Streams, call.Caller.HowItEnded), Is.EqualTo((3, CallEnding.Hangup)));
        Assert.That(call.Caller.Sentences.Single().Text, Is.EqualTo(Apology));
        call.NothingIsWrong();
    }

    [Test]
    public async Task When_Twilio_does_not_ask_after_a_stream_that_broke_nothing_is_left_of_the_call(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(Model, cancel, change: options => options with { ActionAfterAbruptEnd = false });
        var session = await call.GreetedAsync();
        await call.HearOutAsync();
        call.Caller.Abort();
        await session.Closed.WaitAsync(cancel);
        await call.EndsAsync(20, CallEndReason.StreamLost);

        Assert.That((call.Caller.HowItEnded, call.Caller.Actions.Count), Is.EqualTo((CallEnding.TwilioError, 0)));
    }

    [Test]
    public async Task When_Twilio_asks_the_fallback_instead_of_the_action_the_call_is_resumed_from_there(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(Model, new() { ["TWILIO_INTRO_TEXT"] = "off" });
        await using var call = await FaultCall.DialAsync(
            bridge, ownsBridge: false, cancel, options => options with { ActionAfterAbruptEnd = false, FallbackUrl = new Uri(bridge.Address, "/stream-ended") });
        await call.GreetedAsync();
        await call.HearOutAsync();
        call.Caller.Abort();
        await call.Caller.WaitForStreamAsync(2, cancel);
        var second = await call.GreetedAsync();
        await call.HearOutAsync();

        Assert.That(second.WasGreetingAsked, Is.False);
        Assert.That(call.Caller.Fallbacks, Has.Count.EqualTo(1));
        call.NothingIsWrong();
        await call.HangUpAsync(CallEndReason.StreamLost, CallEndReason.CallerHungUp);
    }

    [Test]
    public async Task A_stream_that_was_promised_and_never_comes_gives_its_place_back(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(Model, cancel);
        await call.GreetedAsync();
        await call.HearOutAsync();
        using var http = new HttpClient();
        var form = new Dictionary<string, string> { ["CallSid"] = call.Caller.CallSid, ["From"] = "+15550001001", ["To"] = "+15550002002", ["CallStatus"] = "in-progress" };
        await call.Caller.DisposeAsync();
        await call.Bridge.Logs.WaitForAsync("Call ended: StreamLost");
        using var answer = await http.PostAsync(new Uri(call.Bridge.Address, "/stream-ended"), new FormUrlEncodedContent(form), cancel);
        Assert.That(await answer.Content.ReadAsStringAsync(cancel), Does.Contain("<Stream"));
        Assert.That(call.Registry.Promised, Is.EqualTo(1));

        call.Bridge.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.That((call.Registry.Active, call.Registry.Promised), Is.EqualTo((0, 0)));
    }

    private static async Task LoseAsync(FaultCall call, string how, CancellationToken cancel)
    {
        if (how == "reset")
            call.Caller.Abort();
        else if (how == "FIN")
            await call.Caller.HalfCloseAsync(cancel);
        else
            await call.Caller.CloseBareAsync(cancel);
    }
}
