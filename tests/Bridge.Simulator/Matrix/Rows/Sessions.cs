using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>The model's session dies: A13 to A15, A17.</summary>
internal static class Sessions
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Gap = TimeSpan.FromSeconds(1.5);

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("A13", "dies before it spoke", Second,
        [
            new("once it is ready", Profiles.Sessions, scene => UnspokenAsync(scene, SessionFault.Reset.After("session.updated"))),
            new("as it is asked", Profiles.Sessions, scene => UnspokenAsync(scene, SessionFault.Reset.On("response.create"))),
            new("with 1011, once it began", Profiles.Sessions, scene => UnspokenAsync(scene, SessionFault.Close(1011).After("response.created"))),
        ]),
        new("A14", "dies while speaking", Second,
        [
            new("after delta 1", Profiles.Sessions, scene => SpeakingAsync(scene, SessionFault.Reset.AfterDelta(1))),
            new("after delta 3", Profiles.Sessions, scene => SpeakingAsync(scene, SessionFault.Reset.AfterDelta(3))),
            new("after the last delta", Profiles.Sessions, scene => SpeakingAsync(scene, SessionFault.Reset.Before("response.output_audio.done"))),
            new("EOF after delta 3", Profiles.Sessions, scene => SpeakingAsync(scene, SessionFault.Fin.AfterDelta(3))),
        ]),
        new("A15", "dies in a pause", Second,
        [
            new("the caller speaks in the gap", Profiles.Sessions, scene => PausingAsync(scene, speaksBefore: false)),
            new("the caller is speaking", Profiles.Sessions, scene => PausingAsync(scene, speaksBefore: true)),
        ]),
        new("A17", "closes with a status", Second,
        [
            .. new[] { 1000, 1001, 1006, 1011, 1012, 1013 }.Select(status => new RowVariant($"{status}", Profiles.Sessions, scene => ClosedAsync(scene, status))),
            .. new[] { 1008, 4000, 4001 }.Select(status => new RowVariant($"{status}", Profiles.Sessions, scene => ClosedForGoodAsync(scene, SessionFault.Close(status)))),
            new("1000, with a reason", Profiles.Sessions, scene => ClosedForGoodAsync(scene, new("close 1000", session => session.DieAsync(1000, "enough")))),
        ]),
    ];

    /// <summary>Reconnected at once; the greeting is heard once.</summary>
    private static async Task UnspokenAsync(RowScene scene, SessionFault fault)
    {
        scene.Script(DialFault.Session(fault));
        var call = await scene.CallAsync();
        var died = (await (await call.SessionAsync()).Closed.WaitAsync(scene.Limit)).At;
        var second = await call.SessionAsync();
        var greeting = await call.HearOutAsync(second);
        scene.Within("from the loss to the assistant's voice", Gap, call.Arrived(greeting, died));
        await call.AskAsync(second);
        scene.Expect("what the second session is asked for", Prompts.Greet, Asked(second));
        scene.Expect("what the caller heard", "greeting, answer", call.Heard());
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>What was sent plays on; the next session knows what was heard, and takes the answer up.</summary>
    private static async Task SpeakingAsync(RowScene scene, SessionFault fault)
    {
        scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(2000) with { Speed = 4, Faults = [fault] }] }));
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        await call.SayAsync();
        var died = (await first.Closed.WaitAsync(scene.Limit)).At;
        var second = await call.SessionAsync();
        var rest = await call.HearAsync(second, 0);
        scene.Within("from the loss to the assistant's voice", Gap, call.Arrived(rest, died));
        await call.HearOutAsync(second);
        var cut = first.Ledger[1];
        scene.Expect("samples heard of the answer that was cut", cut.GeneratedSamples, call.Caller.Playout.Item(cut.Ordinal).Heard);
        scene.Expect("clears", 0, call.Caller.Clears.Count);
        TakenUp(scene, second, cut);
        await call.AskAsync(second);
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>The dial takes a second: what the caller says meanwhile is heard by the next session, all of it and in order.</summary>
    private static async Task PausingAsync(RowScene scene, bool speaksBefore)
    {
        scene.Script(DialFault.None, DialFault.Delay(Second));
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        await call.KeepQuietAsync(200);
        var before = speaksBefore ? call.SayAsync(600) : call.KeepQuietAsync(300);
        await first.WaitForAudioAsync(first.Record.AudioBytes + Pcmu.Samples(200), scene.Limit);
        await first.Arm(SessionFault.Reset);
        await before;
        await call.SayAsync();
        call.Silence.CallersTurn();
        var quiet = call.KeepQuietAsync(2500);
        var second = await call.SessionAsync();
        // A question of ours may have been cut by the rest of the caller's words.
        await call.HearAnyAsync(second, 0);
        await quiet;
        await call.AllCameAsync(scene);
        scene.Check(Asked(second) == "" || (speaksBefore && Asked(second) == Prompts.HearAgain), $"the second session is asked for {Asked(second)}");
        scene.Expect("fillers", 0, Recordings.Fillers(call.Caller));
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>No verdict on us: another session goes on, and nobody notices.</summary>
    private static async Task ClosedAsync(RowScene scene, int status)
    {
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        await first.Arm(SessionFault.Close(status));
        var second = await call.SessionAsync();
        await call.AskAsync(second);
        scene.Expect("what the second session is asked for", "", Asked(second));
        scene.Expect("what the caller heard", "greeting, answer", call.Heard());
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    /// <summary>Another session would be closed too: the caller is told and let go.</summary>
    private static async Task ClosedForGoodAsync(RowScene scene, SessionFault close)
    {
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        var since = TimeProvider.System.GetTimestamp();
        await first.Arm(close);
        await scene.LostAsync(call, "ModelClosed", since);
        scene.Expect("dials", 1, scene.Dials.Count);
    }

    /// <summary>What a session was asked for, in order.</summary>
    public static string Asked(FakeConversation session) => string.Join(", ", session.ResponseRequests.Select(request => Prompts.Of(request.Instructions)));

    /// <summary>The session was told the conversation as it was heard, and nothing else, before it was asked to go on.</summary>
    public static void TakenUp(RowScene scene, FakeConversation second, LedgerItem cut)
    {
        scene.Expect("what the second session is asked for", Prompts.TakeUp, Asked(second));
        var told = second.Items.Where(item => item.ByClient).ToList();
        scene.Check(told.Count >= 2 && told[0].Role == "assistant" && told[1].Role == "user", $"the second session is told {string.Join(", ", told.Select(item => item.Role))}");
        scene.Check(told.Count < 3 || cut.Transcript.StartsWith(told[2].Text ?? "", StringComparison.Ordinal), "the second session is told other words than were heard");
    }
}
