using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests.Security;

/// <summary>E12: calls that Twilio proved, and that are too many: turned away busy, at no cost.</summary>
[CancelAfter(60_000)]
public sealed class CallLimitTests
{
    private const string Number = "+15557654321";

    [TestCase(null, 10)]
    [TestCase("3", 3)]
    [Category("E12")]
    public async Task One_number_has_so_many_calls_at_once_and_no_more(string? setting, int most, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: setting is null ? [] : new() { ["MAX_CALLS_PER_NUMBER"] = setting });
        var calls = new List<FakeCaller>();
        for (var number = 0; number < most; number++)
            calls.Add(await bridge.CallAsync(o => o with { From = Number }));

        Assert.That(calls.Select(call => call.Twiml.Kind), Is.All.EqualTo(TwimlKind.Connect));
        Assert.That((await bridge.CallAsync(o => o with { From = Number })).HowItEnded, Is.EqualTo(CallEnding.Rejected));
        calls.Add(await bridge.CallAsync());
        Assert.That(calls[^1].Twiml.Kind, Is.EqualTo(TwimlKind.Connect), "another number");

        await calls[0].HangUpAsync(cancel);
        for (var changed = bridge.Registry().Changed; bridge.Registry().Active > most; changed = bridge.Registry().Changed)
            await changed.WaitAsync(cancel);
        calls.Add(await bridge.CallAsync(o => o with { From = Number }));
        Assert.That(calls[^1].Twiml.Kind, Is.EqualTo(TwimlKind.Connect), "when one is over");
        foreach (var call in calls)
            await call.DisposeAsync();
    }

    [TestCase(null, 100)]
    [TestCase("3", 3)]
    [Category("E12")]
    public async Task One_number_may_call_so_often_in_an_hour_and_again_in_the_next(string? setting, int most, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: setting is null ? [] : new() { ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = setting });
        // Each is over, unused, before there are ten at once; all within the hour.
        for (var number = 0; number < most; number++)
        {
            Assert.That(await KindAsync(bridge, Number), Is.EqualTo(TwimlKind.Connect), $"call {number + 1}");
            if (number % 9 == 8)
                bridge.Clock.Advance(TimeSpan.FromSeconds(61));
        }

        bridge.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await KindAsync(bridge, Number), Is.EqualTo(TwimlKind.Reject));
        Assert.That(await KindAsync(bridge, null), Is.EqualTo(TwimlKind.Connect), "another number");
        bridge.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.That(await KindAsync(bridge, Number), Is.EqualTo(TwimlKind.Connect));
        cancel.ThrowIfCancellationRequested();
    }

    [TestCase("anonymous")]
    [TestCase("+266696687")]
    [TestCase("")]
    [Category("E12")]
    public async Task Callers_who_hide_their_number_are_not_taken_for_one(string number, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CALLS_PER_NUMBER"] = "1", ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = "1" });
        for (var call = 0; call < 5; call++)
            Assert.That(await KindAsync(bridge, number), Is.EqualTo(TwimlKind.Connect));
        cancel.ThrowIfCancellationRequested();
    }

    [Test, Category("E12")]
    public async Task So_many_calls_are_set_up_in_a_second(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CALL_SETUPS_PER_SECOND"] = "5" });
        for (var second = 0; second < 3; second++)
        {
            var kinds = new List<TwimlKind>();
            for (var call = 0; call < 8; call++)
                kinds.Add(await KindAsync(bridge, null));
            Assert.That(kinds, Is.EqualTo(Enumerable.Repeat(TwimlKind.Connect, 5).Concat(Enumerable.Repeat(TwimlKind.Reject, 3))), $"second {second}");
            bridge.Clock.Advance(TimeSpan.FromSeconds(1));
            cancel.ThrowIfCancellationRequested();
        }

        Assert.That(bridge.Model.Dials, Is.Empty);
    }

    [Test, Category("E12")]
    public async Task A_repeated_webhook_counts_towards_no_limit(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CALL_SETUPS_PER_SECOND"] = "1", ["MAX_CALLS_PER_NUMBER"] = "1", ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = "1" });
        var request = bridge.Genuine(bridge.Form(("From", Number)));
        for (var time = 0; time < 5; time++)
            Assert.That((await request.AskAsync(bridge.Address, cancel))?.Text, Does.Contain("<Connect"));
    }

    [Test, Category("E12")]
    public async Task Nought_switches_each_limit_off(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new()
        {
            ["MAX_CALL_SETUPS_PER_SECOND"] = "0", ["MAX_CALLS_PER_NUMBER"] = "0", ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = "0", ["MAX_CONCURRENT_CALLS"] = "0",
        });
        for (var call = 0; call < 600; call++)
            Assert.That((await bridge.Genuine(bridge.Form(("From", Number))).AskAsync(bridge.Address, cancel))?.Text, Does.Contain("<Connect"));
    }

    [Test, Category("D14")]
    public async Task Streams_that_say_nothing_are_so_many_and_the_next_is_told_429_until_they_are_over(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(customize: b => b.Configuration["Admission:MaxHalfOpen"] = "3");
        var silent = new List<RawMediaStream>();
        for (var number = 0; number < 3; number++)
            silent.Add(await bridge.OpenAsync(await bridge.PlaceAsync(cancel), cancel));
        var late = await bridge.PlaceAsync(cancel);

        Assert.That(await bridge.StatusAsync(late.Handshake, cancel), Is.EqualTo(429));
        Assert.That(await bridge.StatusAsync(late.Handshake.Without("X-Twilio-Signature"), cancel), Is.AnyOf(403, 429));
        bridge.Clock.Advance(TimeSpan.FromSeconds(5));
        foreach (var stream in silent)
        {
            Assert.That(await stream.CloseStatusAsync(cancel), Is.EqualTo(1008));
            await stream.DisposeAsync();
        }

        await bridge.EmptyAsync(cancel);
        await using var begun = await bridge.BeginAsync(late, cancel);
        await bridge.Model.NextConversationAsync(cancel);
    }

    private static async Task<TwimlKind> KindAsync(BridgeHost bridge, string? number)
    {
        await using var caller = await bridge.CallAsync(o => o with { From = number, DialStream = false });
        return caller.Twiml.Kind;
    }
}
