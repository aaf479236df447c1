using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix.Rows;

/// <summary>What the rows do whose far end does not read: B5 and B6.</summary>
internal static class StuckSockets
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>More than the kernels' buffers take.</summary>
    private static readonly ModelAnswer Endless = ModelAnswer.Tones(480_000) with { DeltaMs = 2000 };

    /// <summary>The answer is cut once; then the stream is given up, and since the caller is still there, another goes on.</summary>
    public static async Task UnreadAsync(RowScene scene)
    {
        var (call, session) = await UnreadingAsync(scene);
        var since = TimeProvider.System.GetTimestamp();
        await session.Closed.WaitAsync(scene.Limit);
        scene.FreedIn(TimeProvider.System.GetElapsedTime(since));
        scene.Expect("times the answer was cut", 1, scene.Log.Count("Twilio has not taken our audio"));
        call.Caller.ResumeReading();
        await call.Caller.WaitForStreamAsync(2, scene.Limit);
        var second = await call.SessionAsync();
        await call.HearOutAsync(second);
        call.Reasons = ["StreamStuck", "CallerHungUp"];
        await scene.HangUpAsync(call);
    }

    /// <summary>The answer is cut, once; the call goes on.</summary>
    public static async Task UnreadForAWhileAsync(RowScene scene)
    {
        var (call, session) = await UnreadingAsync(scene);
        await scene.Log.WaitUntilAsync(log => log.Count("Twilio has not taken our audio") > 0, 10 * Second, scene.Limit);
        call.Caller.ResumeReading();
        await call.Caller.WaitForClearAsync(1, scene.Limit);
        call.Silence.CallersTurn();
        await call.SayAsync();
        await call.HearAnyAsync(session, 2);
        scene.Expect("times the answer was cut", 1, scene.Log.Count("Twilio has not taken our audio"));
        scene.Expect("dials", 1, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    private static async Task<(FaultCall Call, FakeConversation Session)> UnreadingAsync(RowScene scene)
    {
        scene.Script(DialFault.With(options => options with { Answers = [Endless, ModelAnswer.Tones(800)] }));
        var call = await scene.CallAsync();
        await call.GreetedAsync();
        call.Caller.StopReading();
        var session = call.Sessions[0];
        await call.SayAsync();
        call.Silence.CallersTurn();
        return (call, session);
    }

    /// <summary>The caller's frames are taken all the while; the session that does not take them is replaced.</summary>
    public static async Task UnheardAsync(RowScene scene)
    {
        var call = await TwilioLeg.GreetedAsync(scene);
        var first = call.Sessions[0];
        first.StopReading();
        var flood = FloodAsync(scene, call);
        var since = TimeProvider.System.GetTimestamp();
        var second = await call.SessionAsync();
        scene.FreedIn(TimeProvider.System.GetElapsedTime(since));
        first.ReadOn();
        await flood;
        await call.AskAsync(second);
        scene.Expect("sessions given up as stuck", 1, scene.Log.Count("is given up: stuck"));
        scene.Expect("dials", 2, scene.Dials.Count);
        await scene.HangUpAsync(call);
    }

    public static async Task HangUpUnheardAsync(RowScene scene)
    {
        var call = await TwilioLeg.GreetedAsync(scene);
        call.Sessions[0].StopReading();
        await FloodAsync(scene, call);
        var since = TimeProvider.System.GetTimestamp();
        await call.Caller.HangUpAsync(scene.Limit);
        call.Reasons = ["CallerHungUp"];
        await call.EndedAsync();
        await scene.Log.WaitUntilAsync(log => log.Reasons(call.Caller.CallSid).Count == 1, 5 * Second, scene.Limit);
        scene.FreedIn(TimeProvider.System.GetElapsedTime(since));
        call.Sessions[0].ReadOn();
    }

    /// <summary>More than a socket takes, in frames of half a second.</summary>
    public static async Task FloodAsync(RowScene scene, FaultCall call)
    {
        var payload = Convert.ToBase64String(Pcmu.Quiet(4000));
        for (var frame = 0; frame < 60; frame++)
        {
            await call.Caller.SendRawAsync(
                $$"""{"event":"media","sequenceNumber":"{{9000 + frame}}","media":{"track":"inbound","chunk":"{{9000 + frame}}","timestamp":"{{call.Caller.MediaTimeMs}}","payload":"{{payload}}"},"streamSid":"{{call.Caller.StreamSid}}"}""",
                scene.Limit);
        }
    }
}
