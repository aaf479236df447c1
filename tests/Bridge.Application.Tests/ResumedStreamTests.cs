using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;

namespace Bridge.Application.Tests;

/// <summary>A stream was lost and its caller was sent another: the conversation goes on where it was.</summary>
public sealed class ResumedStreamTests
{
    private static readonly TranscriptTurn First = new("item_1", Speaker.Assistant, "Hello.", "");

    private readonly CallRig _rig = new(CallRig.Endless);
    private string _answer = "";

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task The_next_stream_takes_up_the_conversation_and_greets_nobody()
    {
        await LoseAsync(_rig.Twilio, _rig.Model, "item_1", "Hello.");
        Assert.That(await AskAsync(), Does.Contain("Connect"));
        var next = await StreamAsync("second");
        await next.Model.ReadyAsync();

        Assert.That(_rig.Mediator.Requests[1].History, Is.EqualTo(new[] { First }));
        Assert.That(next.Model.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Take it up." }));
        next.Twilio.Ends();
    }

    [Test]
    public async Task The_third_stream_knows_what_was_said_on_both_before_it_and_is_the_last()
    {
        await LoseAsync(_rig.Twilio, _rig.Model, "item_1", "Hello.");
        await AskAsync();
        var second = await StreamAsync("second");
        await LoseAsync(second.Twilio, second.Model, "item_2", "As I said.");
        await second.Run.WaitAsync(CallRig.Patience);
        await AskAsync();
        var third = await StreamAsync("third");
        await third.Model.ReadyAsync();
        Assert.That(_rig.Mediator.Requests[2].History, Is.EqualTo(new[] { First, new TranscriptTurn("item_2", Speaker.Assistant, "As I said.", "") }));

        third.Twilio.Ends();
        await third.Run.WaitAsync(CallRig.Patience);
        Assert.That(await AskAsync(), Does.Not.Contain("Connect").And.Contain("Hangup"));
    }

    [Test]
    public async Task A_stream_that_nobody_was_sent_to_does_not_come_in()
    {
        var token = _rig.Switchboard.Promise().Token;
        _rig.Start(_rig.Switchboard.Bring(token)!);
        await LoseAsync(_rig.Twilio, _rig.Model, "item_1", "Hello.");

        Assert.That(_rig.Switchboard.WhyNot(token), Is.EqualTo(StreamRefusal.AlreadyUsed));
        Assert.That(_rig.Switchboard.Promise().Why, Is.EqualTo(TurnedAway.Ended));
    }

    [Test]
    public async Task The_stream_before_cannot_come_back_while_the_next_is_awaited()
    {
        var token = _rig.Switchboard.Promise().Token;
        _rig.Start(_rig.Switchboard.Bring(token)!);
        await LoseAsync(_rig.Twilio, _rig.Model, "item_1", "Hello.");
        await AskAsync();

        Assert.That(_rig.Switchboard.WhyNot(token), Is.EqualTo(StreamRefusal.AlreadyUsed));
        Assert.That(_rig.Registry.Promised, Is.EqualTo(1));
    }

    [Test]
    public async Task A_session_that_is_lost_on_the_next_stream_is_told_of_the_stream_before_too()
    {
        await LoseAsync(_rig.Twilio, _rig.Model, "item_1", "Hello.");
        await AskAsync();
        var next = await StreamAsync("second");
        var third = _rig.Next("third");
        await next.Model.ReadyAsync();
        next.Model.Ends();
        await third.ReadyAsync();

        Assert.That(_rig.Mediator.Requests[2].History, Is.EqualTo(new[] { First }));
        next.Twilio.Ends();
    }

    /// <summary>An answer is heard, and then the stream goes away.</summary>
    private async Task LoseAsync(ScriptedTwilio twilio, ScriptedModel model, string item, string words)
    {
        if (twilio == _rig.Twilio && _rig.Registry.Active == 0)
            _rig.Start();
        await model.AnswersAsync("resp_1", item, 20, request: 1, words: words);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await twilio.FrameAsync(null);
        twilio.Ends();
        if (twilio == _rig.Twilio)
            Assert.That((await _rig.EndAsync()).Reason, Is.EqualTo(CallEndReason.StreamLost));
    }

    private async Task<string> AskAsync()
    {
        var (twilio, assistant) = (SubstituteOptions.Of(new TwilioOptions { ApologyText = "Sorry." }), SubstituteOptions.Of(_rig.Assistant));
        var handler = new AnswerStreamEndedHandler(_rig.Outcomes, _rig.Registry, twilio, assistant, SubstituteLogger.Of<AnswerStreamEndedHandler>());
        var question = new AnswerStreamEnded(TestNames.CallSid, null, null, null, "bridge.example", "") { AccountSid = TestNames.AccountSid };
        return _answer = (await handler.Handle(question, CancellationToken.None)).Twiml;
    }

    private Task<(ScriptedTwilio Twilio, ScriptedModel Model, Task Run)> StreamAsync(string name)
    {
        var twilio = new ScriptedTwilio(_rig.Log, $"{name} twilio");
        var model = _rig.Next(name);
        var token = _answer.Split("/media-stream/")[1].Split('"')[0];
        return Task.FromResult((twilio, model, _rig.Bridge.RunAsync(twilio, _rig.Switchboard.Bring(token)!, CancellationToken.None)));
    }
}
