using Bridge.Domain.Calls;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>The model cannot be had when a call begins: within five seconds the caller hears a sentence, and never silence before it.</summary>
[CancelAfter(60_000)]
public sealed class DialFailureTests
{
    [TestCase("401", CallEndReason.ModelRefused, 1)]
    [TestCase("403", CallEndReason.ModelRefused, 1)]
    [TestCase("404", CallEndReason.ModelRefused, 1)]
    [TestCase("429", CallEndReason.ModelBusy, 1)]
    [TestCase("429, again in a minute", CallEndReason.ModelBusy, 1)]
    [TestCase("500", CallEndReason.ModelUnreachable, 2)]
    [TestCase("503", CallEndReason.ModelUnreachable, 2)]
    [TestCase("reset", CallEndReason.ModelUnreachable, 2)]
    [TestCase("close after upgrade", CallEndReason.ModelUnreachable, 2)]
    [TestCase("wrong format", CallEndReason.ModelRefused, 1)]
    [TestCase("error before updated", CallEndReason.ModelRefused, 1)]
    public async Task A_model_that_refuses_is_asked_as_often_as_makes_sense_and_the_caller_hears_why(string how, CallEndReason reason, int dials, CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { EveryDial = Fault(how) }, cancel);
        await call.Caller.Ended.WaitAsync(cancel);
        await call.EndsAsync(10, reason);

        Assert.That(call.Bridge.Model.Dials, Has.Count.EqualTo(dials));
        Assert.That(call.Caller.HowItEnded, Is.EqualTo(CallEnding.Hangup));
        Assert.That(call.Caller.Sentences.Single().Text, Does.StartWith("I am sorry, something went wrong"));
        Assert.That(call.Caller.Playout.ReceivedSamples, Is.Zero);
        if (how != "error before updated")
            call.NothingIsWrong();
    }

    [TestCase("hang", "")]
    [TestCase("hang", "+15557654321")]
    [TestCase("no created", "")]
    [TestCase("no updated", "")]
    public async Task A_model_that_hangs_is_given_up_after_five_seconds_with_a_filler_meanwhile(string how, string fallback, CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { EveryDial = Fault(how) }, cancel, new() { ["FALLBACK_PHONE_NUMBER"] = fallback });
        await call.Bridge.Model.WaitUntilAsync(model => model.Dials.Count == 1, cancel);
        await call.PassAsync(2500);
        await call.Caller.WaitForMediaAsync(1, cancel);
        await call.PassAsync(510);
        await call.Bridge.Model.WaitUntilAsync(model => model.Dials.Count == 2, cancel);
        await call.PassAsync(2000);
        await call.Caller.Ended.WaitAsync(cancel);
        var streamMs = call.Bridge.Clock.GetElapsedTime(call.Caller.StartedAt, (await call.Caller.Ended).At).TotalMilliseconds;
        await call.EndsAsync(10, CallEndReason.ModelUnreachable);

        Assert.That(streamMs, Is.InRange(4900, 5800));
        Assert.That(call.Caller.Playout.Received(), Is.EqualTo(call.Recording("filler")), "one filler");
        Assert.That((call.Caller.HowItEnded, call.Caller.Dialed), Is.EqualTo(fallback.Length == 0 ? (CallEnding.Hangup, null) : (CallEnding.Dialled, fallback)));
        Assert.That(call.Caller.Sentences, Has.Count.EqualTo(1));
        call.NothingIsWrong();
        await call.Bridge.Model.WaitUntilAsync(model => model.OpenConnections == 0, cancel);
    }

    [TestCase("503", 0)]
    [TestCase("reset", 0)]
    [TestCase("429, again in a second", 1)]
    public async Task A_model_that_can_be_had_at_the_second_try_greets(string how, double afterSeconds, CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { Greeting = FaultCall.Spoken(1000), Dials = [Fault(how)] }, cancel);
        await call.Bridge.Model.WaitUntilAsync(model => model.Dials is [{ Outcome: not DialOutcome.Waiting }, ..], cancel);
        if (afterSeconds > 0)
            await call.UntilAsync("it is tried again", () => call.Bridge.Model.Dials.Count == 2, afterSeconds + 0.5);
        await call.GreetedAsync();
        await call.HearOutAsync();

        var dials = call.Bridge.Model.Dials;
        Assert.That(call.Bridge.Clock.GetElapsedTime(dials[0].At, dials[1].At).TotalSeconds, Is.InRange(afterSeconds, afterSeconds + 0.3));
        Assert.That(call.Caller.Playout.Items.Single().HeardMs, Is.EqualTo(1000));
        call.NothingIsWrong();
    }

    [Test]
    public async Task Sessions_that_are_lost_at_once_are_not_opened_for_ever(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { Faults = [SessionFault.Reset.On("response.create")] }, cancel);
        await call.Caller.Ended.WaitAsync(cancel);
        await call.EndsAsync(10, CallEndReason.ModelUnreachable);

        Assert.That(call.Bridge.Model.Dials, Has.Count.EqualTo(3));
        Assert.That(call.Caller.Sentences, Has.Count.EqualTo(1));
        call.NothingIsWrong();
    }

    [Test]
    public async Task After_three_refused_calls_new_ones_are_turned_away_until_one_may_try_again(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { EveryDial = DialFault.Refuse(401) }, new() { ["TWILIO_INTRO_TEXT"] = "off" });
        for (var i = 0; i < 3; i++)
        {
            await using var refused = await FaultCall.DialAsync(bridge, ownsBridge: false, cancel);
            await refused.Caller.Ended.WaitAsync(cancel);
            Assert.That(refused.Caller.Streams, Is.EqualTo(1));
        }

        await using (var away = await FaultCall.DialAsync(bridge, ownsBridge: false, cancel))
            Assert.That((away.Caller.Streams, await away.Caller.CallEnded), Is.EqualTo((0, CallEnding.Rejected)));
        Assert.That(bridge.Model.Dials, Has.Count.EqualTo(3), "the model is left alone");

        bridge.Model.Options = bridge.Model.Options with { EveryDial = null };
        bridge.Clock.Advance(TimeSpan.FromSeconds(31));
        await using var trial = await FaultCall.DialAsync(bridge, ownsBridge: false, cancel);
        await trial.GreetedAsync();
        await bridge.Logs.WaitForAsync("The model can be had again");
    }

    [Test]
    public async Task A_model_that_wants_to_be_left_alone_for_a_minute_is(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { EveryDial = Fault("429, again in a minute") }, cancel);
        await call.Caller.Ended.WaitAsync(cancel);

        await using var away = await FaultCall.DialAsync(call.Bridge, ownsBridge: false, cancel);
        Assert.That(await away.Caller.CallEnded, Is.EqualTo(CallEnding.Rejected));

        call.Bridge.Model.Options = call.Bridge.Model.Options with { EveryDial = null };
        call.Bridge.Clock.Advance(TimeSpan.FromSeconds(61));
        await using var again = await FaultCall.DialAsync(call.Bridge, ownsBridge: false, cancel);
        await again.GreetedAsync();
    }

    private static DialFault Fault(string how) => how switch
    {
        "reset" => DialFault.Reset,
        "hang" => DialFault.Hang,
        "no created" => DialFault.NoCreated,
        "no updated" => DialFault.NoUpdated,
        "wrong format" => DialFault.WrongFormat,
        "close after upgrade" => DialFault.CloseAfterUpgrade(1011),
        "error before updated" => DialFault.ErrorBeforeUpdated(new("invalid_value", "No.")),
        "429, again in a minute" => DialFault.Refuse(429, 60),
        "429, again in a second" => DialFault.Refuse(429, 1),
        _ => DialFault.Refuse(int.Parse(how, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
