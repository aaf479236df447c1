using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>The model refuses, is slow, or opens sessions that are of no use: A1 to A4, A8 to A12.</summary>
internal static class Dialing
{
    private const string Refused = "ModelRefused", Unreachable = "ModelUnreachable", Busy = "ModelBusy";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("A1", "401, 403 at the dial", Second,
        [
            new("401", Profiles.Dialing, scene => LostAsync(scene, DialFault.Refuse(401), 1, Refused)),
            new("403", Profiles.Dialing, scene => LostAsync(scene, DialFault.Refuse(403), 1, Refused)),
            new("401, three calls in a row", Profiles.Circuit, CircuitAsync),
        ]),
        new("A2", "404, no such model", Second,
        [
            new("404", Profiles.Dialing, async scene =>
            {
                await LostAsync(scene, DialFault.Refuse(404), 1, Refused);
                scene.Check(scene.Log.Count("no model gpt-realtime") > 0, "the log does not name the model");
            }),
        ]),
        new("A3", "429 at the dial", 5 * Second,
        [
            new("Retry-After 1", Profiles.Circuit, scene => GreetedAsync(scene, DialFault.Refuse(429, retryAfter: 1), 2)),
            new("Retry-After 3", Profiles.Circuit, scene => ThrottledAsync(scene, 3)),
            new("Retry-After 60", Profiles.Circuit, scene => ThrottledAsync(scene, 60)) { LeavesTraces = true },
        ]),
        new("A4", "5xx at the dial", 5 * Second,
        [
            new("503 once", Profiles.Dialing, scene => GreetedAsync(scene, DialFault.Refuse(503), 2)),
            new("503 always", Profiles.Dialing, scene => LostAsync(scene, DialFault.Refuse(503), 2, Unreachable)),
            new("500 always", Profiles.Dialing, scene => LostAsync(scene, DialFault.Refuse(500), 2, Unreachable)),
        ]),
        new("A8", "the dial is taken, and hangs", 5.5 * Second,
        [
            new("always", Profiles.SlowDialing, scene => HangingAsync(scene, DialFault.Hang)),
            new("once", Profiles.SlowDialing, scene => GreetedAsync(scene, DialFault.Hang, 2, fillers: 1)),
        ]),
        new("A9", "the dial is slow", 5.5 * Second,
        [
            new("2.9 s", Profiles.SlowDialing, scene => GreetedAsync(scene, DialFault.Delay(2.9 * Second), 1, fillers: 1)),
            new("3.1 s, once", Profiles.SlowDialing, scene => GreetedAsync(scene, DialFault.Delay(3.1 * Second), 2, fillers: 1)),
            new("6 s", Profiles.SlowDialing, scene => HangingAsync(scene, DialFault.Delay(6 * Second))),
        ]),
        new("A10", "no session.created or updated, or an error before", 3 * Second,
        [
            new("no created", Profiles.Impatient, scene => LostAsync(scene, DialFault.NoCreated, 2, Unreachable)),
            new("no updated", Profiles.Impatient, scene => LostAsync(scene, DialFault.NoUpdated, 2, Unreachable)),
            new("no updated, once", Profiles.Impatient, scene => GreetedAsync(scene, DialFault.NoUpdated, 2)),
            new("error before created", Profiles.Dialing, scene => LostAsync(scene, DialFault.ErrorBeforeCreated(KnownErrors.Fatal[0]), 1, Refused)),
            new("error before updated", Profiles.Dialing, scene => LostAsync(scene, DialFault.ErrorBeforeUpdated(new("invalid_value", "Invalid value: 'alloy'.", "session.audio.output.voice")), 1, Refused)),
        ]),
        new("A11", "the session speaks another format", 3 * Second, [new("PCM16", Profiles.Dialing, scene => LostAsync(scene, DialFault.WrongFormat, 1, Refused))]),
        new("A12", "sessions that close at once, again and again", 10 * Second,
        [
            new("at the handshake", Profiles.Dialing, scene => LostAsync(scene, DialFault.CloseAfterUpgrade(1011), 2, Unreachable)),
            new("once they are ready", Profiles.Dialing, scene => LostAsync(scene, DialFault.Session(SessionFault.Reset.After("session.updated")), 3, Unreachable)),
            new("with 1011, once they are asked", Profiles.Dialing, scene => LostAsync(scene, DialFault.Session(SessionFault.Close(1011).On("response.create")), 3, Unreachable)),
        ]),
    ];

    /// <summary>Every dial meets the fault: the caller is told and let go, and not a sample passed in either direction.</summary>
    public static async Task<FaultCall> LostAsync(RowScene scene, DialFault fault, int dials, string reason)
    {
        scene.ExpectError("No session with the model");
        scene.Always(fault);
        var since = TimeProvider.System.GetTimestamp();
        var call = await scene.CallAsync();
        await scene.LostAsync(call, reason, since);
        scene.Expect("dials", dials, scene.Dials.Count);
        scene.Expect("samples of the model that the caller got", 0, call.Caller.Playout.Items.Where(item => !Recordings.Are(item.Item)).Sum(item => item.Received));
        foreach (var session in scene.NewSessions.Where(session => session.Options.IgnorePcmu || !session.Record.Sent.Contains("session.updated")))
            scene.Expect("bytes of the caller that went to a session that was not ready", 0, session.Record.AudioBytes);
        return call;
    }

    /// <summary>Only the first dial meets the fault: the caller is greeted, once, and the conversation goes on.</summary>
    public static async Task GreetedAsync(RowScene scene, DialFault fault, int dials, int fillers = 0)
    {
        scene.Script(fault);
        var call = await scene.CallAsync();
        var session = await call.SessionAsync();
        // A socket that opens is a session even if it never gets ready.
        while (!await BecomesReadyAsync(scene, session))
            session = await call.SessionAsync();
        await call.HearOutAsync(session);
        await call.AskAsync(session);
        scene.Expect("greetings asked for", 1, session.ResponseRequests.Count(request => Prompts.Of(request.Instructions) == Prompts.Greet));
        scene.Expect("dials", dials, scene.Dials.Count);
        scene.Expect("fillers", fillers, Recordings.Fillers(call.Caller));
        scene.Expect("dials given up", dials - 1, scene.Dials.Count(dial => dial.Outcome is not (DialOutcome.Opened or DialOutcome.OpenedLate)) + scene.NewSessions.Count(other => other != session));
        await scene.HangUpAsync(call);
    }

    private static async Task<bool> BecomesReadyAsync(RowScene scene, FakeConversation session)
    {
        await Task.WhenAny(session.WaitUntilAsync(it => it.IsConfigured, scene.Limit), session.Closed);
        return session.IsConfigured;
    }

    /// <summary>Both tries hang: both are cut, and the caller hears the filler meanwhile.</summary>
    private static async Task HangingAsync(RowScene scene, DialFault fault)
    {
        var call = await LostAsync(scene, fault, 2, Unreachable);
        scene.Expect("dials that were given up", 2, scene.Dials.Count(dial => dial.Outcome == DialOutcome.GivenUp));
        scene.Check(Recordings.Fillers(call.Caller) > 0, "no filler was heard");
    }

    /// <summary>Three refusals open the circuit: callers are turned away, until a trial finds the model well.</summary>
    private static async Task CircuitAsync(RowScene scene)
    {
        scene.ExpectError("The model cannot be had");
        for (var number = 0; number < 3; number++)
            await scene.LostAsync(await RefusedAsync(scene), Refused, null);
        await TurnedAwayAsync(scene, 2 * Second);
        scene.Expect("dials", 3, scene.Dials.Count);
        scene.Script();
        var call = await scene.CallAsync();
        await call.GreetedAsync();
        await scene.HangUpAsync(call);
    }

    private static Task<FaultCall> RefusedAsync(RowScene scene)
    {
        scene.ExpectError("No session with the model");
        scene.Always(DialFault.Refuse(401));
        return scene.CallAsync();
    }

    /// <summary>The quota is not waited for on the line: the call gets the net, and others are not taken for that time.</summary>
    private static async Task ThrottledAsync(RowScene scene, int seconds)
    {
        scene.ExpectError("The model cannot be had");
        await LostAsync(scene, DialFault.Refuse(429, seconds), 1, Busy);
        await TurnedAwayAsync(scene, seconds < 10 ? seconds * Second : TimeSpan.Zero);
    }

    // The bridge stays ready: it can still tell callers, and the others would do no better.
    private static async Task TurnedAwayAsync(RowScene scene, TimeSpan openFor)
    {
        var call = await scene.CallAsync();
        scene.Expect("the webhook's answer", TwimlKind.Reject, call.Caller.Twiml.Kind);
        scene.Check(await scene.Run.Bridge.IsReadyAsync(scene.Limit), "the bridge is not ready");
        await Task.Delay(openFor, scene.Limit);
    }
}
