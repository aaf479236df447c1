using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>Errors, floods and nonsense from the model, while the socket lives: A19 to A21, A28 to A30.</summary>
internal static class Wire
{
    private const int Many = 100;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly RealtimeError[] Harmless =
    [
        new("response_cancel_not_active", "Cancellation failed: no active response found"),
        new("conversation_already_has_active_response", "Conversation already has an active response in progress: resp_x."),
        new("input_audio_buffer_commit_empty", "Error committing input audio buffer: buffer too small."),
        new(null, "Audio content of 3700ms is already shorter than 3760ms", "audio_end_ms"),
    ];

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("A19", "errors that end nothing, 100 in a row", Second,
        [
            .. Harmless.Select(error => new RowVariant(error.Code ?? "truncated too late", Profiles.Wire, scene => UnharmedAsync(scene, Repeated(error, Many), Many))),
        ]),
        new("A20", "errors that end everything", Second,
        [
            .. KnownErrors.Fatal.Select(error => new RowVariant(error.Code!, Profiles.Wire, scene => FatalAsync(scene, session => session.Arm(SessionFault.Error(error))))),
            new("insufficient_quota, in a response", Profiles.Wire, scene => FatalAsync(scene, session => session.RespondAsync(ModelAnswer.Failed("insufficient_quota", "insufficient_quota")))),
        ]),
        new("A21", "errors that nobody knows", Second,
        [
            new("ten", Profiles.Wire, scene => UnharmedAsync(scene, SessionFault.UnknownErrors(10), 10)),
            new("twelve", Profiles.Wire, scene => FatalAsync(scene, session => session.Arm(SessionFault.UnknownErrors(12)), "ModelFailed")),
        ]),
        new("A28", "a flood", Second,
        [
            new("a minute of speech at once", Profiles.Wire, SpeechAsync),
            new("10,000 events at once", Profiles.Wire, scene => UnharmedAsync(scene, SessionFault.Flood(10_000), 10_000)),
        ]),
        new("A29", "messages that make no sense", Second,
        [
            .. Batches().Select(batch => new RowVariant(batch.Name, Profiles.Wire, scene => UnharmedAsync(scene, Broken(batch.Messages), batch.Messages.Count))),
            new("binary", Profiles.Wire, scene => UnharmedAsync(scene, SessionFault.Binary(5), 5)),
            new("25 in a row", Profiles.Wire, scene => AnotherAsync(scene, SessionFault.Broken(BrokenMessage.NotAnEvent[1], 25))),
            new("no UTF-8", Profiles.Wire, scene => EitherAsync(scene, SessionFault.Raw(BrokenMessage.NotUtf8))),
            new("reserved bits", Profiles.Wire, scene => AnotherAsync(scene, SessionFault.Raw(RawFrame.Make(RawFrame.Text, "{}"u8.ToArray(), reserved: 7)))),
        ]),
        new("A30", "events twice, or out of order", Second,
        [
            new("every one twice", Profiles.Wire, scene => MixedUpAsync(scene, SessionFault.Repeat(1))),
            .. new[] { 1, 2, 3 }.Select(seed => new RowVariant($"shuffled, {seed}", Profiles.Wire, scene => MixedUpAsync(scene, SessionFault.Shuffle(seed)))),
            new("a delta behind its response's end", Profiles.Wire, LateAsync),
        ]),
    ];

    /// <summary>In the midst of an answer, and nothing of it is lost or changed; the conversation goes on.</summary>
    private static async Task UnharmedAsync(RowScene scene, SessionFault fault, int count)
    {
        scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(1000) with { Speed = 2 }] }));
        var call = await scene.CallAsync();
        var session = await call.GreetedAsync();
        await call.SayAsync();
        await call.HearAsync(session, 1);
        await session.Arm(fault);
        await call.HearOutAsync(session, 1);
        await call.AskAsync(session);
        foreach (var item in session.Ledger)
            scene.Expect("samples heard of an answer", item.GeneratedSamples, call.Caller.Playout.Item(item.Ordinal).Heard);
        scene.Expect($"blocks that came changed or out of order, beside {count} messages", 0, call.Caller.Playout.BlocksCorrupt + call.Caller.Playout.BlocksOutOfOrder);
        scene.Expect("what the session is asked for", Prompts.Greet, Sessions.Asked(session));
        scene.Expect("dials", 1, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>No other session would do better: none is tried, the caller is told and let go.</summary>
    private static async Task FatalAsync(RowScene scene, Func<FakeConversation, Task> provoke, string reason = "ModelRefused")
    {
        var call = await scene.CallAsync();
        var session = await call.GreetedAsync();
        var since = TimeProvider.System.GetTimestamp();
        await provoke(session);
        await scene.LostAsync(call, reason, since);
        scene.Expect("dials", 1, scene.Dials.Count);
    }

    /// <summary>All of it is the caller's to hear, until he speaks: then the rest is cleared, once.</summary>
    private static async Task SpeechAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(60_000), ModelAnswer.Tones(800)] }));
        var call = await scene.CallAsync();
        var session = await call.GreetedAsync();
        await call.SayAsync();
        await call.HearAsync(session, 1, 500);
        var said = call.SayAsync();
        await call.Caller.WaitForClearAsync(1, scene.Limit);
        await said;
        await call.HearOutAsync(session, 2);
        scene.Expect("clears", 1, call.Caller.Clears.Count);
        var truncated = session.Ledger[1].TruncatedToMs;
        scene.Check(truncated is { } told && Math.Abs(told - call.Caller.Playout.Item(session.Ledger[1].Ordinal).HeardMs) <= 100, $"truncated at {truncated} ms, heard {call.Caller.Playout.Item(session.Ledger[1].Ordinal).HeardMs}");
        await scene.HangUpAsync(call);
    }

    /// <summary>The session is of no use: another goes on.</summary>
    private static async Task AnotherAsync(RowScene scene, SessionFault fault)
    {
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        await first.Arm(fault);
        var second = await call.SessionAsync();
        await call.AskAsync(second);
        scene.Expect("what the second session is asked for", "", Sessions.Asked(second));
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>Either will do: the call goes on.</summary>
    private static async Task EitherAsync(RowScene scene, SessionFault fault)
    {
        var call = await scene.CallAsync();
        var session = await call.GreetedAsync();
        await session.Arm(fault);
        await Task.Delay(500, scene.Limit);
        if (scene.Dials.Count > 1)
            session = await call.SessionAsync();
        await call.AskAsync(session);
        scene.Check(scene.Dials.Count <= 2, "it was dialled again and again");
        await scene.HangUpAsync(call);
    }

    /// <summary>One answer is mixed up, and something of it is heard; the next is as it should be.</summary>
    private static async Task MixedUpAsync(RowScene scene, SessionFault fault)
    {
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        await first.Arm(fault);
        await call.SayAsync();
        await first.WaitUntilAsync(it => it.Record.Sent.Count(type => type == "response.done") >= 2, scene.Limit);
        await call.Caller.Playout.WaitUntilAsync(playout => playout.QuietSamples > Pcmu.Samples(500), scene.Limit);
        call.Silence.CallersTurn();
        await first.Arm(SessionFault.Reset);
        var second = await call.SessionAsync();
        // What was asked for and mixed up may be asked for again.
        var answer = await call.AskAnyhowAsync(second);
        scene.Expect("samples heard of the next answer", answer.GeneratedSamples, call.Caller.Playout.Item(answer.Ordinal).Heard);
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>The caller cut the answer: what still comes of it, however late, is not heard.</summary>
    private static async Task LateAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(3000) with { Speed = 4 }, ModelAnswer.Tones(800)] }));
        var call = await scene.CallAsync();
        var session = await call.GreetedAsync();
        await call.SayAsync();
        var cut = await call.HearAsync(session, 1, 300);
        var said = call.SayAsync();
        await call.Caller.WaitForClearAsync(1, scene.Limit);
        await said;
        await session.SendLateDeltaAsync(cut);
        await call.HearOutAsync(session, 2);
        await session.SendLateDeltaAsync(cut);
        await call.AskAsync(session);
        scene.Expect("pieces heard of the answer that was cut", 0, call.Caller.Playout.BlocksAfterClear);
        scene.Expect("clears", 1, call.Caller.Clears.Count);
        await scene.HangUpAsync(call);
    }

    private static SessionFault Repeated(RealtimeError error, int count) => new($"{count} × {error.Code}", async session =>
    {
        for (var i = 0; i < count; i++)
            await session.SendFaultErrorAsync(error);
    });

    private static SessionFault Broken(IReadOnlyList<BrokenMessage> messages) => new($"{messages.Count} broken messages", async session =>
    {
        foreach (var message in messages)
            await session.SendBrokenAsync(message);
    });

    // More than twenty in ten seconds are another matter.
    private static IEnumerable<(string Name, IReadOnlyList<BrokenMessage> Messages)> Batches() =>
    [
        ("no events", BrokenMessage.NotAnEvent),
        ("wrong types, first half", [.. BrokenMessage.WrongTypes.Take(11)]),
        ("wrong types, second half", [.. BrokenMessage.WrongTypes.Skip(11)]),
        ("unknown events, a stranger's delta", [.. BrokenMessage.UnknownEvents, BrokenMessage.Stranger]),
        ("bad base64", [.. BrokenMessage.BadBase64.Where(message => !message.Text.Contains("AA ", StringComparison.Ordinal) && !message.Text.Contains("\\n", StringComparison.Ordinal))]),
    ];
}
