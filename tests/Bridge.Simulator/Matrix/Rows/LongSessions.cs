using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>A session that expires, stops answering without an end, or sends a message without an end: A18, A26, A27.</summary>
internal static class LongSessions
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>
    /// One message, of which a byte comes each second. Pongs that the model writes meanwhile become part of it, so to the bridge there
    /// are none. (<see cref="SessionFault.Trickle"/> holds them back, and then does not see that its client left.)
    /// </summary>
    private static SessionFault Drip { get; } = new("a byte a second", session =>
    {
        session.Stall();
        _ = DripAsync(session);
        return Task.CompletedTask;
    });

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new("A18", "the session reaches its end", Second,
        [
            new("planned, in a pause", Profiles.LongSessions, PlannedAsync),
            new("planned, while it speaks without a pause", Profiles.LongSessions, ForcedAsync),
            new("expires, and tells", Profiles.LongSessions, scene => ExpiredAsync(scene, SessionFault.Expire)),
            new("expires, untold", Profiles.LongSessions, scene => ExpiredAsync(scene, SessionFault.ExpireUntold)),
        ]),
        new("A26", "half open: no FIN, no pong", 20 * Second,
        [
            new("in a pause", Profiles.LongSessions, scene => LeftAsync(scene, SessionFault.HalfOpen, speaking: false, 7 * Second)),
            new("in an answer", Profiles.LongSessions, scene => LeftAsync(scene, SessionFault.HalfOpen, speaking: true, 7 * Second)),
        ]),
        new("A27", "a message without an end", 12 * Second,
        [
            new("a byte a second", Profiles.LongSessions, scene => LeftAsync(scene, Drip, speaking: false, 12 * Second)),
            new("fragments at once", Profiles.LongSessions, scene => LeftAsync(scene, SessionFault.Endless(), speaking: false, 2 * Second)),
            new("a fragment a second", Profiles.LongSessions, scene => LeftAsync(scene, SessionFault.Endless(1024, Second), speaking: false, 12 * Second)),
        ]),
    ];

    /// <summary>Another session takes its place in a pause before its end. The caller notices nothing, and not a frame is lost.</summary>
    private static async Task PlannedAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { ExpiresIn = 7 * Second }));
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        var quiet = call.KeepQuietAsync(8000);
        var second = await call.SessionAsync();
        await quiet;
        await call.AskAsync(second);
        await call.AllCameAsync(scene);
        scene.Expect("what the second session is asked for", "", Sessions.Asked(second));
        scene.Expect("what the caller heard", "greeting, answer", call.Heard());
        await OverAsync(scene, first);
        await scene.HangUpAsync(call);
    }

    /// <summary>No pause comes: at the last moment it is exchanged all the same, and the answer taken up.</summary>
    private static async Task ForcedAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { ExpiresIn = 7 * Second, Greeting = ModelAnswer.Tones(12000) with { Speed = 1 } }));
        var call = await scene.CallAsync();
        var first = await call.SessionAsync();
        var second = await call.SessionAsync();
        await call.HearOutAsync(second);
        scene.Expect("what the second session is asked for", Prompts.TakeUp, Sessions.Asked(second));
        scene.Expect("samples heard of what was cut", first.Ledger[0].GeneratedSamples, call.Caller.Playout.Item(first.Ledger[0].Ordinal).Heard);
        await call.AskAsync(second);
        await OverAsync(scene, first);
        await scene.HangUpAsync(call);
    }

    // It was closed before its end, and by us.
    private static async Task OverAsync(RowScene scene, FakeConversation first)
    {
        scene.Expect("who closed the first session", ClosedBy.Bridge, (await first.Closed.WaitAsync(scene.Limit)).By);
        scene.Expect("the first session lived to its end", false, first.Expired);
        scene.Expect("dials", 2, scene.Dials.Count);
    }

    private static async Task ExpiredAsync(RowScene scene, SessionFault end)
    {
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        await first.Arm(end);
        var second = await call.SessionAsync();
        await call.AskAsync(second);
        scene.Expect("what the second session is asked for", "", Sessions.Asked(second));
        scene.Expect("what the caller heard", "greeting, answer", call.Heard());
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    private static async Task DripAsync(FakeConversation session)
    {
        var message = RawFrame.OfText("""{"type":"rate_limits.updated","rate_limits":[],"padding":""" + '"' + new string('x', 1000));
        try
        {
            await session.SendBytesAsync(message.AsMemory(0, 10));
            for (var at = 10; !session.Closed.IsCompleted; at++)
            {
                await Task.Delay(Second);
                await session.SendBytesAsync(message.AsMemory(at, 1));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The bridge left.
        }
    }

    /// <summary>The session is left within a time, and another goes on.</summary>
    private static async Task LeftAsync(RowScene scene, SessionFault fault, bool speaking, TimeSpan limit)
    {
        if (speaking)
            scene.Script(DialFault.With(options => options with { Answers = [ModelAnswer.Tones(2000) with { Speed = 4, Faults = [fault.AfterDelta(2)] }] }));
        var call = await scene.CallAsync();
        var first = await call.GreetedAsync();
        var since = TimeProvider.System.GetTimestamp();
        if (speaking)
            await call.SayAsync();
        else
            await first.Arm(fault);
        var second = await call.SessionAsync();
        await first.Closed.WaitAsync(scene.Limit);
        var left = TimeProvider.System.GetElapsedTime(since);
        scene.FreedIn(left);
        scene.Within("until the session was left", limit, left);
        if (speaking)
            await call.HearOutAsync(second);
        await call.AskAsync(second);
        scene.Expect("what the second session is asked for", speaking ? Prompts.TakeUp : "", Sessions.Asked(second));
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }
}
