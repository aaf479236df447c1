using Bridge.Simulator.Caller;
using Bridge.Simulator.Commands;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>The process as a whole: D1 to D3, D5.</summary>
internal static class Processes
{
    private const int ConfigurationFault = 78, Calls = 50;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static Dictionary<string, string> Wrong { get; } = new()
    {
        ["OPENAI_API_KEY"] = "two words",
        ["OPENAI_REALTIME_URL"] = "ws://model.example",
        ["MAX_CONCURRENT_CALLS"] = "many",
        ["REPLICAS"] = "0",
        ["DRAIN_TIMEOUT"] = "-1",
        ["FALLBACK_PHONE_NUMBER"] = "0800 HELP",
        ["FILLER_CLIP"] = "/nowhere.ulaw",
        ["TWILIO_ACCOUNT_SID"] = "AC1",
        ["PUBLIC_BASE_URL"] = "http://bridge.test",
        ["STREAM_TOKEN_KEYS"] = "too-short",
        ["TRUSTED_PROXIES"] = "everybody",
        ["MAX_CALL_SETUPS_PER_SECOND"] = "-1",
        ["MAX_CALLS_PER_NUMBER"] = "a few",
        ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = "-1",
        ["PORT"] = "99999",
    };

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("D1", "SIGTERM while calls are on", Second,
        [
            new("alone", Profiles.Stopping("stopped alone"), scene => DrainedAsync(scene, TwimlKind.Reject)),
            new("one of two", Profiles.Stopping("stopped, one of two", replicas: 2), scene => DrainedAsync(scene, TwimlKind.Connect)),
            new("until its time is over", Profiles.Stopping("stopped, for two seconds").With("DRAIN_TIMEOUT", "2") with { Witnesses = 0, Weight = 10 }, TimedOutAsync),
        ]),
        new("D2", "a second signal", 2 * Second,
        [
            new("SIGTERM", Profiles.Stopping("forced by SIGTERM") with { Witnesses = 0, Weight = 10 }, scene => ForcedAsync(scene, "TERM", 143)),
            new("SIGINT", Profiles.Stopping("forced by SIGINT") with { Witnesses = 0, Weight = 10 }, scene => ForcedAsync(scene, "INT", 130)),
        ]),
        new("D3", "SIGUSR2 calls the drain off", Second, [new("and SIGTERM later", Profiles.Stopping("called off") with { Weight = 10 }, CalledOffAsync)]),
        new("D5", "broken settings at the start", null,
        [
            new("everything wrong at once", Profiles.Twilio, scene => BrokenAsync(scene, Wrong)),
            .. Wrong.Select(setting => new RowVariant(setting.Key, Profiles.Twilio, scene => BrokenAsync(scene, [setting]))),
        ]),
    ];

    /// <summary>Fifty calls of 0.2 to 10 s, and the signal in their midst: each goes on to its own end, and so does one that was promised.</summary>
    private static async Task DrainedAsync(RowScene scene, TwimlKind answer)
    {
        var bridge = scene.Run.Bridge;
        var calls = new List<Task>();
        for (var number = 0; number < Calls; number++)
        {
            var call = await scene.CallAsync();
            calls.Add(LiveAsync(scene, call, (0.2 + (9.8 * number / (Calls - 1))) * Second));
        }

        // The sentence before its stream takes a while.
        var promised = scene.CallAsync(options => options with { SayMsPerCharacter = 10 });
        await scene.Log.WaitUntilAsync(log => log.Count("answered with a media stream") > Calls, 2 * Second, scene.Limit);
        await bridge.SignalAsync("TERM");
        await UnreadyAsync(scene);
        var late = await scene.CallAsync(options => options with { DialStream = false });
        scene.Expect("the webhook's answer while stopping", answer, late.Caller.Twiml.Kind);
        calls.Add(LiveAsync(scene, await promised, Second));
        await Task.WhenAll(calls);
        scene.Testify();
        await scene.Run.Witnesses.HangUpAsync();
        await LeavesAsync(scene, 0);
        scene.Expect("calls that ended because their callers hung up", Calls + 1 + scene.Run.Profile.Witnesses, scene.Log.Count("Call ended: CallerHungUp"));
        scene.HeardOtherwise = answer == TwimlKind.Reject ? "their calls to the end; busy tone" : "their calls to the end";
    }

    private static async Task LiveAsync(RowScene scene, FaultCall call, TimeSpan length)
    {
        call.Silence.CallersTurn();
        scene.Expect("a promised stream's answer", TwimlKind.Connect, call.Caller.Twiml.Kind);
        await Task.Delay(length, scene.Limit);
        scene.Check(!call.Caller.Ended.IsCompleted, "a call was ended before its caller hung up");
        call.Reasons = ["CallerHungUp"];
        if (!call.Caller.Ended.IsCompleted)
            await call.Caller.HangUpAsync(scene.Limit);
    }

    /// <summary>Who is still there after the time to drain is told, and let go.</summary>
    private static async Task TimedOutAsync(RowScene scene)
    {
        var calls = await SixAsync(scene);
        await scene.Run.Bridge.SignalAsync("TERM");
        await UnreadyAsync(scene);
        await Task.Delay(Second, scene.Limit);
        scene.Check(calls.TrueForAll(call => !call.Caller.Ended.IsCompleted), "a call was ended before the time was over");
        foreach (var call in calls)
            await ToldAsync(scene, call);
        await LeavesAsync(scene, 0);
    }

    private static async Task ForcedAsync(RowScene scene, string signal, int code)
    {
        var calls = await SixAsync(scene);
        await scene.Run.Bridge.SignalAsync("TERM");
        await UnreadyAsync(scene);
        var since = TimeProvider.System.GetTimestamp();
        await scene.Run.Bridge.SignalAsync(signal);
        foreach (var call in calls)
            await ToldAsync(scene, call);
        await LeavesAsync(scene, code, since);
    }

    private static async Task CalledOffAsync(RowScene scene)
    {
        var bridge = scene.Run.Bridge;
        var call = await scene.CallAsync();
        var session = await call.GreetedAsync();
        await bridge.SignalAsync("TERM");
        await UnreadyAsync(scene);
        await bridge.SignalAsync("USR2");
        scene.Check(await BecomesAsync(scene, ready: true), "the bridge is not ready again");
        await call.AskAsync(session);
        var other = await scene.CallAsync();
        await other.GreetedAsync();
        await bridge.SignalAsync("TERM");
        await UnreadyAsync(scene);
        scene.Testify();
        await scene.Run.Witnesses.HangUpAsync();
        foreach (var one in new[] { call, other })
        {
            await one.Caller.HangUpAsync(scene.Limit);
            one.Reasons = ["CallerHungUp"];
        }

        await LeavesAsync(scene, 0);
    }

    private static async Task<List<FaultCall>> SixAsync(RowScene scene)
    {
        var calls = new List<FaultCall>();
        for (var number = 0; number < 6; number++)
        {
            calls.Add(await scene.CallAsync());
            await calls[^1].GreetedAsync();
        }

        return calls;
    }

    private static async Task ToldAsync(RowScene scene, FaultCall call)
    {
        call.Reasons = ["Draining"];
        scene.Expect("how a call ended", CallEnding.Hangup, await call.EndedAsync());
        scene.Check(call.Caller.Sentences.Any(sentence => sentence.Source == SentenceSource.Action), "a caller was told nothing");
    }

    // At once: the load balancer is to know before the next call.
    private static async Task UnreadyAsync(RowScene scene) => scene.Check(await BecomesAsync(scene, ready: false), "the bridge is still ready");

    private static async Task<bool> BecomesAsync(RowScene scene, bool ready)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (await scene.Run.Bridge.IsReadyAsync(scene.Limit) != ready)
        {
            if (TimeProvider.System.GetElapsedTime(since) > Second / 2)
                return false;
            await Task.Delay(5, scene.Limit);
        }

        return true;
    }

    private static async Task LeavesAsync(RowScene scene, int code, long? since = null)
    {
        var last = since ?? TimeProvider.System.GetTimestamp();
        scene.Expect("exit code", code, await scene.Run.Bridge.Exited.WaitAsync(scene.Limit));
        scene.FreedIn(TimeProvider.System.GetElapsedTime(last));
        await scene.Model.WaitUntilAsync(model => model.OpenSockets == 0, scene.Limit);
    }

    /// <summary>It says in one message all that is wrong, and does not start.</summary>
    private static async Task BrokenAsync(RowScene scene, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var wrong = new Dictionary<string, string>(settings);
        await using var bridge = BridgeProcess.Launch(scene.Model.Url, wrong, scene.IsVerbose);
        scene.Expect("exit code", ConfigurationFault, await bridge.Exited.WaitAsync(scene.Limit));
        foreach (var name in wrong.Keys)
            scene.Check(bridge.Output.Contains(name, StringComparison.Ordinal), $"the message does not name {name}");
        scene.Expect("messages", 1, bridge.Lines.Count(line => line.Contains("does not start", StringComparison.Ordinal)));
        scene.Check(bridge.Output.Contains($" {wrong.Count} setting(s) to mend", StringComparison.Ordinal), $"the message does not count {wrong.Count}: {bridge.Output}");
        scene.HeardOtherwise = "—";
    }
}
