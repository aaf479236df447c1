using System.Net.WebSockets;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

/// <summary>How calls end.</summary>
internal sealed class CallEndingTests
{
    private StandInService _service = null!;

    [SetUp]
    public async Task SetUp() => _service = await StandInService.StartAsync(StandInService.Connect());

    [TearDown]
    public Task TearDown() => _service.DisposeAsync().AsTask();

    [Test]
    public async Task When_the_caller_hangs_up_the_action_is_told_and_its_answer_ignored()
    {
        _service.On("/after", StandInService.Connect());
        await using var caller = await _service.CallAsync();
        await _service.StreamAsync();
        await caller.HangUpAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.CallerHungUp));
        Assert.That(caller.Actions.Single().Form["CallStatus"], Is.EqualTo("completed"));
        Assert.That(caller.Streams, Is.EqualTo(1));
    }

    [Test]
    public async Task Without_an_action_the_verbs_after_the_stream_are_run()
    {
        _service.On("/incoming-call", StandInService.Connect("", "<Say>Sorry</Say><Dial timeout=\"5\"><Number>+15550003003</Number></Dial><Say>Never</Say>"));
        await using var caller = await _service.CallAsync();
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.Dialled));
        Assert.That(caller.Dialed, Is.EqualTo("+15550003003"));
        Assert.That(caller.Sentences.Select(sentence => (sentence.Text, sentence.Source)), Is.EqualTo(new[] { ("Sorry", SentenceSource.Webhook) }));
        Assert.That(caller.Actions, Is.Empty);
    }

    [TestCase("<Response/>", CallEnding.OutOfVerbs)]
    [TestCase("<Response><Say>Bye</Say></Response>", CallEnding.OutOfVerbs)]
    [TestCase("<Response><Hangup/></Response>", CallEnding.Hangup)]
    [TestCase("<Response><Reject/></Response>", CallEnding.Rejected)]
    [TestCase("<Response><Dial>+1</Dial></Response>", CallEnding.Dialled)]
    public async Task An_answer_ends_the_call_in_its_own_way(string twiml, CallEnding ending)
    {
        _service.On("/after", twiml);
        await using var caller = await _service.CallAsync();
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(ending));
        Assert.That(caller.HowItEnded, Is.EqualTo(ending));
    }

    [Test]
    public async Task A_call_that_the_webhook_turned_away_is_over_at_once()
    {
        _service.On("/incoming-call", "<Response><Say>Full</Say><Reject/></Response>");
        await using var caller = await _service.CallAsync();
        Assert.That(caller.HowItEnded, Is.EqualTo(CallEnding.Rejected));
        Assert.That((caller.Streams, caller.Sentences.Single().Text), Is.EqualTo((0, "Full")));
    }

    [Test]
    public async Task Who_hangs_up_during_a_pause_ends_the_call_there()
    {
        _service.On("/after", "<Response><Say>Wait</Say><Pause length=\"3\"/><Say>Never</Say></Response>");
        await using var caller = await _service.CallAsync();
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.WaitUntilAsync(c => c.Sentences.Count == 1, ModelClient.Limit());
        await caller.PassAsync(TimeSpan.FromSeconds(1));
        await caller.HangUpAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.CallerHungUp));
        await caller.PassAsync(TimeSpan.FromSeconds(4));
        Assert.That(caller.Sentences, Has.Count.EqualTo(1));
        Assert.That(caller.Actions, Has.Count.EqualTo(1), "it was asked before, and the call has no stream any more");
    }

    [Test]
    public async Task Who_hangs_up_while_the_action_is_asked_gets_no_other_stream()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        _service.On("/after", async context =>
        {
            asked.SetResult();
            await answer.Task;
            await StandInService.WriteAsync(context, StandInService.Connect());
        });
        await using var caller = await _service.CallAsync();
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await asked.Task.WaitAsync(ModelClient.Limit());
        await caller.HangUpAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.CallerHungUp));
        answer.SetResult();
        await caller.SettleAsync(ModelClient.Limit());
        Assert.That((caller.Streams, caller.Actions.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_stream_behind_a_hangup_is_never_opened()
    {
        _service.On("/after", "<Response><Hangup/>" + StandInService.Connect()["<Response>".Length..]);
        await using var caller = await _service.CallAsync();
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.CallEnded.WaitAsync(ModelClient.Limit());
        await caller.SettleAsync(ModelClient.Limit());
        Assert.That(caller.Streams, Is.EqualTo(1));
    }

    [Test]
    public async Task Actions_that_never_end_the_call_do_not_go_on_for_ever()
    {
        _service.On("/after", StandInService.Connect());
        await using var caller = await _service.CallAsync();
        var stream = await _service.StreamAsync();
        _service.RefuseStreams = 403;
        await stream.CloseAsync(WebSocketCloseStatus.NormalClosure);
        Assert.That(async () => await caller.CallEnded.WaitAsync(ModelClient.Limit()), Throws.InvalidOperationException.With.Message.Contains("100"));
    }
}
