namespace Bridge.Api.Tests.Security;

/// <summary>B9, B11, E4: asking again about a call is asking once, and asking about one that is over is asking too late.</summary>
[CancelAfter(30_000)]
public sealed class RepeatedWebhookTests
{
    [Test, Category("B9")]
    public async Task Twilio_may_ask_again_and_gets_the_same_answer_and_no_second_place(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CONCURRENT_CALLS"] = "1" });
        var request = bridge.Genuine(bridge.Form());
        var first = await request.AskAsync(bridge.Address, cancel);
        bridge.Clock.Advance(TimeSpan.FromSeconds(15));
        var second = await request.AskAsync(bridge.Address, cancel);

        Assert.That((first?.Status, second?.Status), Is.EqualTo((200, 200)));
        Assert.That(second!.Body, Is.EqualTo(first!.Body));
        Assert.That(bridge.Registry().Promised, Is.EqualTo(1));
    }

    [Test, Category("B9")]
    public async Task So_it_is_with_fifty_at_once(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CONCURRENT_CALLS"] = "1" });
        var request = bridge.Genuine(bridge.Form());
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => request.AskAsync(bridge.Address, cancel))));

        Assert.That(answers.Select(answer => answer?.Status), Is.All.EqualTo(200));
        Assert.That(answers.Select(answer => answer!.Text).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers[0]!.Text, Does.Contain("<Connect"));
        Assert.That(bridge.Registry().Promised, Is.EqualTo(1));
    }

    [Test, Category("E4")]
    public async Task A_webhook_that_is_played_again_after_the_call_is_told_to_hang_up_and_takes_nothing(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        await using var caller = await bridge.CallAsync();
        var replay = bridge.Genuine(bridge.Form(("CallSid", caller.CallSid)));
        await bridge.Model.NextConversationAsync(cancel);
        await caller.HangUpAsync(cancel);
        await bridge.EmptyAsync(cancel);
        foreach (var later in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromHours(20) })
        {
            bridge.Clock.Advance(later);
            var answer = await replay.AskAsync(bridge.Address, cancel);
            Assert.That(answer?.Status, Is.EqualTo(410), $"{later}");
            Assert.That(answer!.Text, Does.Contain("<Hangup").And.Not.Contains("<Connect"));
        }

        Assert.That((bridge.Model.Dials.Count, bridge.Registry().Active, bridge.Registry().Promised), Is.EqualTo((1, 0, 0)));
    }

    [Test, Category("E4")]
    public async Task An_action_that_is_played_again_after_the_call_opens_no_way_back(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        await using var caller = await bridge.CallAsync();
        await bridge.Model.NextConversationAsync(cancel);
        await caller.HangUpAsync(cancel);
        await caller.CallEnded.WaitAsync(cancel);
        await bridge.EmptyAsync(cancel);
        var form = bridge.Form(("CallSid", caller.CallSid), ("CallStatus", "in-progress"));
        for (var time = 0; time < 3; time++)
        {
            var answer = await bridge.Genuine(form, "/stream-ended").AskAsync(bridge.Address, cancel);
            Assert.That(answer!.Text, Does.Not.Contain("<Connect"), $"{time}: {answer.Status}");
        }

        Assert.That((bridge.Model.Dials.Count, bridge.Registry().Promised), Is.EqualTo((1, 0)));
    }

    [Test, Category("B11")]
    public async Task A_stream_that_never_comes_costs_no_dial_and_its_place_is_given_back_in_a_minute(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        await using var caller = await bridge.CallAsync(o => o with { DialStream = false });
        Assert.That(bridge.Registry().Promised, Is.EqualTo(1));

        bridge.Clock.Advance(TimeSpan.FromSeconds(61));

        bridge.NobodyGotIn();
    }
}
