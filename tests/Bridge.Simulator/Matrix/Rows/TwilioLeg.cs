using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>The caller's end: B1 to B8, B12.</summary>
internal static class TwilioLeg
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("B1", "the caller hangs up", 0.5 * Second,
        [
            new("in a pause", Profiles.Twilio, async scene => await scene.HangUpAsync(await GreetedAsync(scene))),
            new("in an answer", Profiles.Twilio, async scene => await scene.HangUpAsync(await ListeningAsync(scene))),
            new("in his own words", Profiles.Twilio, async scene =>
            {
                var call = await GreetedAsync(scene);
                var said = call.SayAsync(2000);
                await Task.Delay(600, scene.Limit);
                await scene.HangUpAsync(call);
                await Task.WhenAny(said);
            }),
            new("while the model is dialled", Profiles.Twilio, async scene =>
            {
                scene.Script(DialFault.Hang);
                var call = await scene.CallAsync();
                await scene.Model.WaitUntilAsync(_ => scene.Dials.Count == 1, scene.Limit);
                await scene.HangUpAsync(call);
                await scene.Model.WaitUntilAsync(model => scene.Dials[0].Outcome == DialOutcome.GivenUp, scene.Limit);
            }),
        ]),
        new("B2", "the socket closes without stop", Second,
        [
            new("close", Profiles.Twilio, scene => LostAsync(scene, caller => caller.CloseBareAsync())),
            new("close, and no other place is free", Profiles.Full, scene => LostAsync(scene, caller => caller.CloseBareAsync())),
            new("RST", Profiles.Twilio, scene => LostAsync(scene, caller =>
            {
                caller.Abort();
                return Task.CompletedTask;
            })),
            new("FIN alone", Profiles.Twilio, scene => LostAsync(scene, caller => caller.HalfCloseAsync())),
        ]),
        new("B3", "stop, and the socket stays open", 2 * Second,
        [
            new("never closes", Profiles.Twilio, async scene =>
            {
                var call = await GreetedAsync(scene);
                call.Reasons = ["CallerHungUp"];
                var since = TimeProvider.System.GetTimestamp();
                await call.Caller.StopWithoutClosingAsync(scene.Limit);
                await scene.FreedAsync(since);
                await call.Caller.Ended.WaitAsync(scene.Limit);
                scene.FreedIn(TimeProvider.System.GetElapsedTime(since));
            }),
        ]),
        new("B4", "half open: no media", 5 * Second,
        [
            new("in a pause", Profiles.Stuck, scene => SilentAsync(scene, GreetedAsync)),
            new("in an answer", Profiles.Stuck, scene => SilentAsync(scene, ListeningAsync)),
        ]),
        new("B5", "Twilio does not read", 10 * Second, [new("for good", Profiles.Stuck, StuckSockets.UnreadAsync), new("for a while", Profiles.Stuck, StuckSockets.UnreadForAWhileAsync)]),
        new("B6", "the model does not read", 5 * Second,
        [
            new("until it is left", Profiles.Stuck, StuckSockets.UnheardAsync),
            new("and the caller hangs up", Profiles.Stuck, StuckSockets.HangUpUnheardAsync),
        ]),
        new("B7", "marks never come back", Second, [new("barge-in", Profiles.Twilio, UnmarkedAsync)]),
        new("B8", "two barge-ins within 50 ms", Second,
        [
            new("one speech, told twice", Profiles.Twilio, scene => BargeInsAsync(scene, twice: false)),
            new("two answers, both cut", Profiles.Twilio, scene => BargeInsAsync(scene, twice: true)),
        ]),
        new("B12", "a question about a call that nobody knows", null,
        [
            new("unknown", Profiles.Twilio, scene => UnknownAsync(scene, "CA" + new string('7', 32))),
            new("ended", Profiles.Twilio, async scene =>
            {
                var call = await GreetedAsync(scene);
                await scene.HangUpAsync(call);
                await call.EndedAsync();
                await UnknownAsync(scene, call.Caller.CallSid);
            }),
        ]),
    ];

    internal static async Task<FaultCall> GreetedAsync(RowScene scene)
    {
        var call = await scene.CallAsync();
        await call.GreetedAsync();
        return call;
    }

    private static async Task<FaultCall> ListeningAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { Greeting = ModelAnswer.Tones(4000) with { Speed = 2 } }));
        var call = await scene.CallAsync();
        await call.HearAsync(await call.SessionAsync(), 0, 300);
        return call;
    }

    /// <summary>The model's socket is closed, and since the caller is still there, another stream goes on with the conversation.</summary>
    private static async Task LostAsync(RowScene scene, Func<FakeCaller, Task> lose)
    {
        var call = await GreetedAsync(scene);
        var since = TimeProvider.System.GetTimestamp();
        await lose(call.Caller);
        await call.Sessions[0].Closed.WaitAsync(scene.Limit);
        scene.FreedIn(TimeProvider.System.GetElapsedTime(since));
        await ResumedAsync(scene, call);
    }

    private static async Task ResumedAsync(RowScene scene, FaultCall call)
    {
        await call.Caller.WaitForStreamAsync(2, scene.Limit);
        var second = await call.SessionAsync();
        await call.HearOutAsync(second);
        await call.AskAsync(second);
        scene.Expect("what the second session is asked for", Prompts.TakeUp, Sessions.Asked(second));
        scene.Check(second.Items is [{ ByClient: true, Role: "assistant" }, ..], "the second session is not told the conversation");
        call.Reasons = ["StreamLost", "CallerHungUp"];
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    private static async Task SilentAsync(RowScene scene, Func<RowScene, Task<FaultCall>> begin)
    {
        var call = await begin(scene);
        var since = TimeProvider.System.GetTimestamp();
        call.Caller.GoSilent();
        await call.Sessions[0].Closed.WaitAsync(scene.Limit);
        scene.FreedIn(TimeProvider.System.GetElapsedTime(since));
        await ResumedAsync(scene, call);
    }

    private static async Task UnmarkedAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(6000), ModelAnswer.Tones(800)] }));
        var call = await scene.CallAsync(options => options with { ReturnMarks = false });
        var session = await call.GreetedAsync();
        await call.SayAsync();
        var item = await call.HearAsync(session, 1, 800);
        var said = call.SayAsync();
        await call.Caller.WaitForClearAsync(1, scene.Limit);
        await said;
        await session.WaitForAsync("conversation.item.truncate", 1, scene.Limit);
        await call.HearOutAsync(session, 2);
        scene.Expect("clears", 1, call.Caller.Clears.Count);
        var heard = call.Caller.Playout.Item(item.Ordinal).HeardMs;
        scene.Check(item.TruncatedToMs is { } told && Math.Abs(told - heard) <= 100, $"truncated at {item.TruncatedToMs} ms, heard {heard}");
        await scene.HangUpAsync(call);
    }

    private static async Task BargeInsAsync(RowScene scene, bool twice)
    {
        scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(2000)] }));
        var call = await GreetedAsync(scene);
        var session = call.Sessions[0];
        _ = session.RespondAsync(ModelAnswer.Tones(3000));
        await call.HearAsync(session, 1, 300);
        await session.SpeechStartedAsync();
        if (twice)
        {
            await session.SpeechStoppedAsync();
            await call.Caller.Playout.WaitUntilAsync(playout => session.Ledger.Count > 2 && playout.Item(session.Ledger[2].Ordinal).Received > 0, scene.Limit);
        }

        await session.SpeechStartedAsync();
        await call.Caller.WaitForClearAsync(twice ? 2 : 1, scene.Limit);
        call.Silence.CallersTurn();
        await Task.Delay(300, scene.Limit);
        scene.Expect("clears", twice ? 2 : 1, call.Caller.Clears.Count);
        foreach (var item in session.Ledger.Skip(1))
        {
            var heard = call.Caller.Playout.Item(item.Ordinal).HeardMs;
            scene.Check(item.TruncatedToMs is { } told && Math.Abs(told - heard) <= 100, $"truncated at {item.TruncatedToMs} ms, heard {heard}");
        }

        var cut = session.Ledger.Count;
        await session.SpeechStoppedAsync();
        await call.HearAnyAsync(session, cut);
        scene.Expect("blocks heard of answers that were cut", 0, call.Caller.Playout.BlocksAfterClear);
        await scene.HangUpAsync(call);
    }

    private static async Task UnknownAsync(RowScene scene, string callSid)
    {
        var twilio = scene.Run.Bridge.Caller;
        var fields = new Dictionary<string, string> { ["CallSid"] = callSid, ["AccountSid"] = twilio.AccountSid, ["CallStatus"] = "in-progress" };
        var question = RawRequest.Form(twilio.PublicUrl!, "/stream-ended", fields).SignedWith(twilio.AuthToken!, new Uri(twilio.PublicUrl!, "/stream-ended").ToString(), fields);
        var answer = await question.AskAsync(scene.Run.Bridge.Url, scene.Limit);
        scene.Expect("status", 200, answer?.Status ?? 0);
        scene.Check(answer?.Text.EndsWith("<Response><Hangup /></Response>", StringComparison.Ordinal) == true, $"the answer is {answer?.Text}");
        scene.HeardOtherwise = "hang-up";
    }
}
