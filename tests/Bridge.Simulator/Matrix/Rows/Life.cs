using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>A caller who says nothing, and a call that is too long: B13.</summary>
internal static class Life
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("B13", "the caller says nothing, or talks for ever", 3 * Second,
        [
            new("asked, and told goodbye", Profiles.Idle, IdleAsync),
            new("there after all", Profiles.Idle, StirredAsync),
            new("the model says no goodbye", Profiles.Speechless, SpeechlessAsync),
            new("the longest call (nobody can talk beside it)", Profiles.Longest, LongestAsync),
        ]),
    ];

    /// <summary>Asked whether anybody is there; then told goodbye, which is heard to its last sample before the line is closed.</summary>
    private static async Task IdleAsync(RowScene scene)
    {
        var (call, session) = await GreetedAsync(scene);
        var asked = await call.HearOutAsync(session, 1);
        scene.Within("from the greeting to the question", 5 * Second, call.Arrived(asked, call.Caller.StartedAt));
        await EndsAsync(scene, call, await call.HearOutAsync(session, 2), "Idle");
        scene.Expect("what the session is asked for", $"{Prompts.Greet}, {Prompts.StillThere}, {Prompts.Goodbye}", Sessions.Asked(session));
    }

    /// <summary>Who speaks is not let go.</summary>
    private static async Task StirredAsync(RowScene scene)
    {
        var (call, session) = await GreetedAsync(scene);
        await call.HearOutAsync(session, 1);
        await call.AskAsync(session);
        await Task.Delay(3 * Second, scene.Limit);
        await call.AskAsync(session);
        scene.Expect("what the session is asked for", $"{Prompts.Greet}, {Prompts.StillThere}", Sessions.Asked(session));
        await scene.HangUpAsync(call);
    }

    /// <summary>Then Twilio says it.</summary>
    private static async Task SpeechlessAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { Greetings = [ModelAnswer.Tones(400), ModelAnswer.Tones(400)], Greeting = ModelAnswer.Tones(400) with { HoldAfterMs = 0 } }));
        var call = await scene.CallAsync();
        var session = await call.GreetedAsync();
        await call.HearOutAsync(session, 1);
        await session.WaitForAsync("response.create", 3, scene.Limit);
        await scene.LostAsync(call, "Idle", TimeProvider.System.GetTimestamp());
        scene.Expect("what Twilio said", "Thank you for calling. Goodbye.", string.Join(" ", call.Caller.Sentences.Where(sentence => sentence.Source == SentenceSource.Action).Select(sentence => sentence.Text)));
    }

    private static async Task LongestAsync(RowScene scene)
    {
        var (call, session) = await GreetedAsync(scene);
        await call.AskAsync(session);
        await session.WaitUntilAsync(it => Sessions.Asked(it) == $"{Prompts.Greet}, {Prompts.Goodbye}", scene.Limit);
        await EndsAsync(scene, call, await call.HearOutAsync(session, 2), "TooLong");
    }

    private static async Task<(FaultCall Call, FakeConversation Session)> GreetedAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { Greetings = [ModelAnswer.Tones(400), ModelAnswer.Tones(600), ModelAnswer.Tones(1400) with { Speed = 4 }] }));
        var call = await scene.CallAsync();
        return (call, await call.GreetedAsync());
    }

    private static async Task EndsAsync(RowScene scene, FaultCall call, LedgerItem goodbye, string reason)
    {
        var since = TimeProvider.System.GetTimestamp();
        call.Reasons = [reason];
        scene.Expect("how the call ended", CallEnding.Hangup, await call.EndedAsync());
        scene.Expect("samples heard of the goodbye", goodbye.GeneratedSamples, call.Caller.Playout.Item(goodbye.Ordinal).Heard);
        scene.Expect("who closed the stream", ClosedBy.Bridge, (await call.Caller.Ended).By);
        scene.Expect("sentences of Twilio's after it", 0, call.Caller.Sentences.Count(sentence => sentence.Source == SentenceSource.Action));
        await scene.FreedAsync(since);
    }
}
