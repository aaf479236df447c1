using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>A response fails, brings nothing, or stands still: A22 to A25.</summary>
internal static class Responses
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12);
    private static readonly ModelAnswer Good = ModelAnswer.Tones(800) with { Speed = 4 };

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("A22", "a response fails: rate limit", Limit,
        [
            new("once", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.RateLimited(1), Good], creates: 1)),
            new("twice", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.RateLimited(1), ModelAnswer.RateLimited(1), Good], creates: 2)),
            new("for longer than a caller waits", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.RateLimited(30), Good], creates: 1)),
            new("always", Profiles.Responses, scene => GivenUpAsync(scene, [ModelAnswer.RateLimited(0.5)], creates: 2)),
        ]),
        new("A23", "a response fails, is filtered, or breaks off", Limit,
        [
            new("server_error, once", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.Failed("server_error"), Good], creates: 1)),
            new("server_error, always", Profiles.Responses, scene => GivenUpAsync(scene, [ModelAnswer.Failed("server_error")], creates: 1)),
            new("server_error in the answer", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.Tones(600) with { End = ResponseEnd.Failed("server_error") }], creates: 1, Prompts.TakeUp)),
            new("content_filter", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.Empty with { End = ResponseEnd.Incomplete("content_filter") }], creates: 1, Prompts.Filtered)),
            new("max_output_tokens", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.Tones(600) with { End = ResponseEnd.Incomplete("max_output_tokens") }], creates: 0)),
        ]),
        new("A24", "an answer without audio", Limit,
        [
            new("nothing at all, once", Profiles.Responses, scene => AgainAsync(scene, [ModelAnswer.Empty, Good], creates: 1)),
            new("in writing, once", Profiles.Responses, async scene =>
            {
                var session = await AgainAsync(scene, [ModelAnswer.TextOnly("In writing."), Good], creates: 1);
                scene.Expect("the modalities asked for", "audio", string.Join(", ", session.ResponseRequests[^1].OutputModalities ?? []));
            }),
            new("nothing, twice", Profiles.Responses, ApologisedAsync),
        ]),
        new("A25", "an answer stands still", Limit,
        [
            new("in its middle", Profiles.Stalls, scene => CancelledAsync(scene, ModelAnswer.Tones(2000) with { HoldAfterMs = 200 }, Prompts.TakeUp)),
            new("before its first audio", Profiles.Stalls, scene => CancelledAsync(scene, ModelAnswer.Tones(2000) with { HoldAfterMs = 0 }, "")),
            new("with the whole session", Profiles.Stalls, scene => ReplacedAsync(scene, SessionFault.Stall.AfterDelta(1))),
            new("speech_stopped, and then nothing", Profiles.Stalls, scene => ReplacedAsync(scene, SessionFault.Stall.After("input_audio_buffer.speech_stopped"))),
            new("in every session", Profiles.Stalls, HopelessAsync),
        ]),
    ];

    /// <summary>The failed answer is asked for again, so often and no more, and heard.</summary>
    private static async Task<FakeConversation> AgainAsync(RowScene scene, IReadOnlyList<ModelAnswer> answers, int creates, string prompt = "")
    {
        var call = await BeginAsync(scene, answers);
        var session = call.Sessions[0];
        await call.SayAsync();
        await session.WaitForAsync("response.create", creates + 1, scene.Limit);
        await session.WaitUntilAsync(it => it.Record.Sent.Count(type => type == "response.done") >= creates + 2, scene.Limit);
        await call.HearOutAsync(session, session.Ledger.Count - 1);
        scene.Expect("what was asked for after the greeting", string.Join(", ", Enumerable.Repeat(prompt, creates)), string.Join(", ", session.ResponseRequests.Skip(1).Select(request => Prompts.Of(request.Instructions))));
        scene.Expect("dials", 1, scene.Dials.Count);
        await scene.HangUpAsync(call);
        return session;
    }

    /// <summary>It fails for as often as it is asked for: the caller is told and let go.</summary>
    private static async Task GivenUpAsync(RowScene scene, IReadOnlyList<ModelAnswer> answers, int creates)
    {
        var call = await BeginAsync(scene, answers);
        await call.SayAsync();
        var since = TimeProvider.System.GetTimestamp();
        await scene.LostAsync(call, "ModelFailed", since);
        scene.Expect("tries after the first", creates, call.Sessions[0].ResponseRequests.Count - 1);
        scene.Expect("dials", 1, scene.Dials.Count);
    }

    /// <summary>Two answers without a sound: the caller is asked to say it again, and then hears an answer.</summary>
    private static async Task ApologisedAsync(RowScene scene)
    {
        var call = await BeginAsync(scene, [ModelAnswer.Empty, ModelAnswer.Empty, Good]);
        var session = call.Sessions[0];
        await call.SayAsync();
        await call.Caller.Playout.WaitUntilAsync(_ => Recordings.SayAgains(call.Caller) > 0, scene.Limit);
        await call.Caller.Playout.WaitUntilAsync(playout => playout.QuietSamples > 0, scene.Limit);
        call.Silence.CallersTurn();
        await call.AskAsync(session);
        scene.Expect("what the caller heard", "greeting, “say it again”, answer", call.Heard());
        await scene.HangUpAsync(call);
    }

    /// <summary>The answer alone stands still: it is cancelled and asked for again, in the same session.</summary>
    private static async Task CancelledAsync(RowScene scene, ModelAnswer standing, string prompt)
    {
        var call = await BeginAsync(scene, [standing, Good]);
        var session = call.Sessions[0];
        await call.SayAsync();
        await session.WaitForAsync("response.cancel", 1, scene.Limit);
        await session.WaitForAsync("response.create", 2, scene.Limit);
        await call.HearOutAsync(session, 2);
        scene.Check(Recordings.Fillers(call.Caller) > 0, "no filler was heard");
        scene.Expect("what was asked for", $"{Prompts.Greet}, {prompt}", Sessions.Asked(session));
        scene.Expect("cancels", 1, session.Received.Count(e => e.Type == "response.cancel"));
        scene.Expect("dials", 1, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>The session stands still: after one more try, another takes its place.</summary>
    private static async Task ReplacedAsync(RowScene scene, SessionFault fault)
    {
        scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(2000) with { Speed = 4 }] }));
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        await first.Arm(fault);
        await call.SayAsync();
        var since = TimeProvider.System.GetTimestamp();
        var second = await call.SessionAsync();
        await first.Closed.WaitAsync(scene.Limit);
        scene.FreedIn(TimeProvider.System.GetElapsedTime(since));
        await call.HearOutAsync(second);
        await call.AskAsync(second);
        scene.Check(Recordings.Fillers(call.Caller) > 0, "no filler was heard");
        scene.Check(first.Received.Count(e => e.Type == "response.create") <= 2, "the session that stood still was asked more than twice");
        scene.Check(Sessions.Asked(second) is Prompts.TakeUp or Prompts.HearAgain, $"the second session is asked for \"{Sessions.Asked(second)}\"");
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>The next session stands still too: the caller is told and let go.</summary>
    private static async Task HopelessAsync(RowScene scene)
    {
        scene.Always(DialFault.With(options => options with
        {
            Greetings = scene.NewSessions.Count == 0 ? [ModelAnswer.Tones(400)] : [],
            Greeting = ModelAnswer.Tones(2000) with { HoldAfterMs = 0, Faults = [SessionFault.Stall.After("response.created")] },
            Answers = [ModelAnswer.Tones(2000) with { Faults = [SessionFault.Stall.After("response.created")] }],
        }));
        var call = await scene.CallAsync();
        await call.GreetedAsync();
        await call.SayAsync();
        await scene.LostAsync(call, "ModelFailed", TimeProvider.System.GetTimestamp());
        scene.Expect("dials", 2, scene.Dials.Count);
        scene.Check(Recordings.Fillers(call.Caller) > 1, "the filler was not heard again");
    }

    private static async Task<FaultCall> BeginAsync(RowScene scene, IReadOnlyList<ModelAnswer> answers)
    {
        scene.Script(DialFault.With(options => options with { Answers = answers }));
        var call = await scene.CallAsync();
        await call.GreetedAsync();
        return call;
    }
}
