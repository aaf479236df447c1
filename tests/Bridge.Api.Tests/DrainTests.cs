using System.Net;
using Bridge.Application.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>The service is to stop: no new calls, and nobody who is on the line is cut off. (Its signals have tests of their own.)</summary>
[CancelAfter(60_000)]
public sealed class DrainTests
{
    private static readonly FakeModelOptions Model = new() { Greeting = FaultCall.Spoken(1000), Answers = [] };

    [TestCase("1")]
    [TestCase("2")]
    public async Task Calls_end_by_themselves_and_new_ones_are_for_others(string replicas, CancellationToken cancel)
    {
        await using var bridge = await StartAsync(new() { ["REPLICAS"] = replicas });
        await using var crowd = new CallCrowd(bridge, cancel);
        await crowd.DialAsync(3);
        await HeardAsync(crowd, cancel);
        Assert.That(await ReadyAsync(bridge, cancel), Is.EqualTo(HttpStatusCode.OK));

        var drained = bridge.Services.GetRequiredService<CallDrain>().RunAsync();
        Assert.That(await ReadyAsync(bridge, cancel), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await using (var late = await bridge.CallAsync(options => options with { DialStream = false }))
            Assert.That(late.Twiml.Kind, Is.EqualTo(replicas == "1" ? TwimlKind.Reject : TwimlKind.Connect));

        await crowd.PassAsync(TimeSpan.FromSeconds(5));
        Assert.That(FaultCall.ReasonsIn(bridge), Is.Empty);
        foreach (var caller in crowd.Callers)
        {
            Assert.That(drained.IsCompleted, Is.False);
            await caller.HangUpAsync(cancel);
        }

        Assert.That(await drained.WaitAsync(cancel), Is.True);
        Assert.That(FaultCall.ReasonsIn(bridge), Is.EqualTo(Enumerable.Repeat("CallerHungUp", 3)), "none was aborted");
    }

    [Test]
    public async Task A_socket_that_was_promised_is_honoured(CancellationToken cancel)
    {
        await using var bridge = await StartAsync();
        Task<bool>? drained = null;
        await using var call = await FaultCall.DialAsync(bridge, ownsBridge: false, cancel, options => options with
        {
            Route = address =>
            {
                if (address.Scheme is "ws" or "wss")
                    drained = bridge.Services.GetRequiredService<CallDrain>().RunAsync();
                return new UriBuilder(address) { Scheme = address.Scheme is "ws" or "wss" ? "ws" : "http", Host = options.Webhook.Host, Port = options.Webhook.Port }.Uri;
            },
        });
        await call.GreetedAsync();
        await call.HearOutAsync();
        Assert.That(drained!.IsCompleted, Is.False);
        Assert.That(await ReadyAsync(bridge, cancel), Is.EqualTo(HttpStatusCode.ServiceUnavailable));

        await call.HangUpAsync(Domain.Calls.CallEndReason.CallerHungUp);
        Assert.That(await drained.WaitAsync(cancel), Is.True);
    }

    [Test]
    public async Task A_promise_that_nobody_keeps_does_not_hold_up_the_drain_for_ever(CancellationToken cancel)
    {
        await using var bridge = await StartAsync();
        await using var promised = await bridge.CallAsync(options => options with { DialStream = false });
        var drained = bridge.Services.GetRequiredService<CallDrain>().RunAsync();
        await bridge.Logs.WaitForAsync("1 promised one(s)");
        Assert.That(drained.IsCompleted, Is.False);

        await bridge.PassUntilAsync(drained, TimeSpan.FromMilliseconds(250));
        Assert.That(await drained, Is.True);
        Assert.That(bridge.Services.GetRequiredService<CallRegistry>().Promised, Is.Zero);
    }

    [Test]
    public async Task When_its_patience_is_over_calls_are_ended_with_a_sentence(CancellationToken cancel)
    {
        await using var bridge = await StartAsync(new() { ["DRAIN_TIMEOUT"] = "5" });
        await using var crowd = new CallCrowd(bridge, cancel);
        await crowd.DialAsync(3);
        await HeardAsync(crowd, cancel);
        var drained = bridge.Services.GetRequiredService<CallDrain>().RunAsync();
        await crowd.PassAsync(TimeSpan.FromSeconds(4.9));
        Assert.That(FaultCall.ReasonsIn(bridge), Is.Empty, "not before");
        await crowd.PassAsync(TimeSpan.FromSeconds(0.2));
        foreach (var caller in crowd.Callers)
            await caller.CallEnded.WaitAsync(cancel);
        Assert.That(await drained.WaitAsync(cancel), Is.True);

        Assert.That(FaultCall.ReasonsIn(bridge), Is.EqualTo(Enumerable.Repeat("Draining", 3)));
        Assert.That(crowd.Callers.Select(caller => caller.Sentences.Single().Text), Is.All.StartsWith("I am sorry"));
        Assert.That(crowd.Callers.Select(caller => caller.HowItEnded), Is.All.EqualTo(CallEnding.Hangup));
        await bridge.Model.WaitUntilAsync(model => model.OpenSockets == 0, cancel);
    }

    [Test]
    public async Task When_it_is_called_off_calls_are_taken_again_and_nothing_was_lost(CancellationToken cancel)
    {
        await using var bridge = await StartAsync();
        await using var crowd = new CallCrowd(bridge, cancel);
        await crowd.DialAsync(3);
        await HeardAsync(crowd, cancel);
        var drain = bridge.Services.GetRequiredService<CallDrain>();
        var drained = drain.RunAsync();
        Assert.That(await ReadyAsync(bridge, cancel), Is.EqualTo(HttpStatusCode.ServiceUnavailable));

        drain.CallOff();
        Assert.That(await drained.WaitAsync(cancel), Is.False);
        Assert.That(await ReadyAsync(bridge, cancel), Is.EqualTo(HttpStatusCode.OK));
        await crowd.DialAsync(1);
        await HeardAsync(crowd, cancel);
        Assert.That(FaultCall.ReasonsIn(bridge), Is.Empty);
        Assert.That(bridge.Services.GetRequiredService<CallRegistry>().Active, Is.EqualTo(4));
    }

    private static Task<BridgeHost> StartAsync(Dictionary<string, string>? variables = null) =>
        BridgeHost.StartAsync(Model, new(variables ?? []) { ["TWILIO_INTRO_TEXT"] = "off" });

    private static Task HeardAsync(CallCrowd crowd, CancellationToken cancel) =>
        Task.WhenAll(crowd.Callers.Select(caller => caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel)));

    private static async Task<HttpStatusCode> ReadyAsync(BridgeHost bridge, CancellationToken cancel)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(bridge.Address, "/health/ready"), cancel);
        return answer.StatusCode;
    }
}
