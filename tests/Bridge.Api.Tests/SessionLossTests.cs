using Bridge.Simulator;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>The model's session is lost in mid-call: another takes its place, and the caller is told nothing that was heard before.</summary>
[CancelAfter(60_000)]
public sealed class SessionLossTests
{
    private static readonly Dictionary<string, string> Transcribed = new() { ["OPENAI_TRANSCRIPTION_MODEL"] = "whisper-1", ["OPENAI_SYSTEM_PROMPT"] = "Be brief." };

    [TestCase("reset")]
    [TestCase("FIN")]
    [TestCase("close 1001")]
    [TestCase("close 1011")]
    [TestCase("expire")]
    [TestCase("expire untold")]
    public async Task A_session_lost_in_mid_utterance_is_replaced_and_its_answer_taken_up(string how, CancellationToken cancel)
    {
        SessionFault[] faults = [SessionFault.Reset, SessionFault.Fin, SessionFault.Close(1001), SessionFault.Close(1011), SessionFault.Expire, SessionFault.ExpireUntold];
        var answer = FaultCall.Spoken(4000) with { Speed = 4, Faults = [faults.Single(fault => fault.Name == how).AfterDelta(10)] };
        var model = new FakeModelOptions
        {
            Greetings = [FaultCall.Spoken(1000)], Answers = [answer], Transcripts = [new CallerTranscript("Tell me all", TranscriptTiming.AtOnce)],
            Dials = [DialFault.None, DialFault.Delay(TimeSpan.FromMilliseconds(200))],
        };
        await using var call = await FaultCall.StartAsync(model, cancel, Transcribed);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        await call.AskAsync();
        await call.UntilAsync("the session is lost", () => first.Closed.IsCompleted);
        var lost = call.Now;
        await call.Bridge.Model.WaitUntilAsync(server => server.Dials.Count == 2, cancel);
        await call.UntilAsync("there is another", () => call.Bridge.Model.Conversations.Count == 2, 1);
        var second = await call.GreetedAsync();
        await call.HearOutAsync(3);

        Assert.That(second.Instructions, Is.EqualTo("Be brief."));
        Assert.That(second.Items.Where(item => item.ByClient).Select(item => (item.Role, item.Text)), Is.EqualTo(new[]
        {
            ("assistant", FaultCall.Words(5)), ("user", "Tell me all"), ("assistant", FaultCall.Words(10)),
        }));
        Assert.That(second.ResponseRequests.Single().Instructions, Does.Contain("cut off"));
        Assert.That(second.WasGreetingAsked, Is.False);
        Assert.That(call.Caller.Playout.Items.Select(item => item.HeardMs), Is.EqualTo(new[] { 1000, 2000, 1000 }), "what was sent keeps playing");
        Assert.That(TimeSpan.FromTicks(call.Caller.Playout.Arrivals.First(block => block.Mark.Ordinal == second.Ledger[0].Ordinal).At - lost).TotalSeconds, Is.LessThan(1.5));
        Assert.That((call.Caller.Streams, call.Caller.Clears.Count, call.Caller.Ended.IsCompleted), Is.EqualTo((1, 0, false)), "Twilio's socket is untouched");
        call.NothingIsWrong();
    }

    [Test]
    public async Task An_interruption_after_the_loss_corrects_what_the_new_session_was_told(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { Greeting = FaultCall.Spoken(4000), Answers = [FaultCall.Spoken(600)] }, cancel);
        var first = await call.GreetedAsync();
        await call.UntilAsync("a second is heard", () => call.Caller.Playout.HeardSamples >= Pcmu.Samples(1000));
        await first.DieByResetAsync();
        var second = await call.NextSessionAsync();
        await second.WaitUntilAsync(session => session.Items.Count == 1, cancel);
        Assert.That(second.Items.Single().Text, Is.EqualTo(FaultCall.Words(20)), "all that was sent plays on, so it will be heard");

        await call.UntilAsync("two seconds are heard", () => call.Caller.Playout.HeardSamples >= Pcmu.Samples(2010));
        await call.SayAsync(Speech.Tone(400));
        await call.UntilAsync("the caller is answered", () => second.Ledger.Count == 1);

        var told = second.Items[0];
        var heard = call.Caller.Clears.Single().Items[0].HeardMs;
        Assert.That((told.ByClient, told.Role), Is.EqualTo((true, "assistant")));
        Assert.That(told.Text, Is.EqualTo(FaultCall.Words(heard / 200)));
        Assert.That(second.Items.Count(item => item.ByClient), Is.EqualTo(1));
        Assert.That(second.Received.Select(e => e.Type), Does.Not.Contain("conversation.item.truncate"), "it knows no such item");
        await call.HearOutAsync(2);
        call.NothingIsWrong();
    }

    [TestCase("response.create", 0)]
    [TestCase("response.created", 0)]
    public async Task A_session_lost_before_the_greeting_was_heard_is_replaced_and_the_caller_greeted_once(string when, int heardMs, CancellationToken cancel)
    {
        var fault = when == "response.create" ? SessionFault.Reset.On(when) : SessionFault.Reset.After(when);
        await using var call = await FaultCall.StartAsync(new() { Greeting = FaultCall.Spoken(1000), Dials = [DialFault.Session(fault)] }, cancel);
        await call.NextSessionAsync();
        var second = await call.GreetedAsync();
        await call.HearOutAsync();

        Assert.That(second.WasGreetingAsked, Is.True);
        Assert.That(call.Caller.Playout.Items.Select(item => item.HeardMs - heardMs), Is.EqualTo(new[] { 1000 }));
        Assert.That(call.Bridge.Model.Conversations, Has.Count.EqualTo(2));
        call.NothingIsWrong();
    }

    [Test]
    public async Task A_session_lost_while_nobody_speaks_is_replaced_without_a_word(CancellationToken cancel)
    {
        await using var call = await FaultCall.StartAsync(new() { Greeting = FaultCall.Spoken(1000), Answers = [FaultCall.Spoken(600)] }, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        await first.DieByResetAsync();
        var second = await call.NextSessionAsync();
        await call.PassAsync(5000);

        Assert.That(second.ResponseRequests, Is.Empty);
        Assert.That(call.Caller.Playout.ReceivedSamples, Is.EqualTo(Pcmu.Samples(1000)), "not even a filler");

        await call.AskAsync();
        await call.HearOutAsync(2);
        Assert.That(call.Caller.Playout.Items[^1].HeardMs, Is.EqualTo(600));
        call.NothingIsWrong();
    }

    [Test]
    public async Task What_the_caller_says_while_the_model_is_gone_is_heard_whole_and_in_order(CancellationToken cancel)
    {
        const int Frames = 150;
        await using var call = await FaultCall.StartAsync(
            new() { Greeting = FaultCall.Spoken(400), Dials = [DialFault.None, DialFault.Delay(TimeSpan.FromMilliseconds(900))] }, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        var said = call.Caller.SpeakAsync(CallerStamp.Quiet(Frames));
        await call.PassAsync(1000);
        await first.DieByResetAsync();
        await call.Bridge.Model.WaitUntilAsync(server => server.Dials.Count == 2, cancel);
        await call.UntilAsync("there is another session", () => call.Bridge.Model.Conversations.Count == 2);
        var second = await call.NextSessionAsync();
        await call.UntilAsync("all is said", () => said.IsCompleted);
        await call.PassAsync(200);

        var report = CallerStamp.Over(first.Record.Audio(), second.Record.Audio());
        Assert.That(report.IsWhole(Frames), Is.True, report.ToString());
        Assert.That(CallerStamp.Read(second.Record.Audio()), Has.Count.GreaterThan(90), "900 ms of it waited");
    }

    [Test]
    public async Task A_session_lost_while_the_caller_speaks_hears_the_rest_in_the_next_one_and_answers(CancellationToken cancel)
    {
        const int Frames = 100;
        await using var call = await FaultCall.StartAsync(
            new() { Greeting = FaultCall.Spoken(400), Answers = [FaultCall.Spoken(800)], Dials = [DialFault.None, DialFault.Delay(TimeSpan.FromMilliseconds(200))] }, cancel);
        var first = await call.GreetedAsync();
        await call.HearOutAsync();
        var said = call.Caller.SpeakAsync(CallerStamp.Loud(Frames));
        await call.PassAsync(1000);
        await first.DieByResetAsync();
        await call.Bridge.Model.WaitUntilAsync(server => server.Dials.Count == 2, cancel);
        await call.UntilAsync("there is another session", () => call.Bridge.Model.Conversations.Count == 2);
        var second = await call.NextSessionAsync();
        await call.UntilAsync("all is said", () => said.IsCompleted);
        await call.UntilAsync("the caller is answered", () => second.Ledger.Any(item => item.GeneratedMs == 800));
        await call.UntilAsync("and hears it", () => call.Caller.Playout.UnheardSamples == 0);
        call.Silence.CallersTurn();

        var report = CallerStamp.Over(first.Record.Audio(), second.Record.Audio());
        Assert.That(report.IsWhole(Frames), Is.True, report.ToString());
        Assert.That(second.WasGreetingAsked, Is.False);
        Assert.That(second.ResponseRequests.Select(request => request.Instructions), Is.All.Contains("while the caller was speaking"));
        call.NothingIsWrong("response_cancel_not_active");
    }
}
