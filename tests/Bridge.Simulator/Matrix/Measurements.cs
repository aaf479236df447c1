using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix;

/// <summary>What must be fast, over many calls on a bridge of its own, when nothing else runs.</summary>
internal static class Measurements
{
    private const int HangUps = 120, AtOnce = 20, LeastHangUps = 100;
    private const int Losses = 32, LeastLosses = 30;

    private static readonly TimeSpan Dial = TimeSpan.FromMilliseconds(200), Longest = TimeSpan.FromMinutes(2);

    public static async Task<IReadOnlyList<Measurement>> RunAsync(Recordings recordings, bool verbose, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Longest);
        await using var run = await FaultRun.StartAsync(Profiles.Measured, recordings, verbose, limit.Token);
        return [await HangUpsAsync(run, limit.Token), await LossesAsync(run, limit.Token)];
    }

    /// <summary>From the caller's hang-up to the end of the model's socket.</summary>
    private static async Task<Measurement> HangUpsAsync(FaultRun run, CancellationToken limit)
    {
        var times = new List<TimeSpan>();
        while (times.Count < HangUps)
        {
            var calls = new List<(FakeCaller Caller, FakeConversation Session)>();
            for (var number = 0; number < AtOnce; number++)
                calls.Add((await FakeCaller.DialAsync(run.Caller, limit), await run.Model.NextConversationAsync(limit)));
            foreach (var (caller, session) in calls)
                await caller.Playout.WaitUntilAsync(playout => playout.ReceivedSamples > 0, limit);
            times.AddRange(await Task.WhenAll(calls.Select(async (call, number) =>
            {
                await Task.Delay(number * 20, limit);
                var since = TimeProvider.System.GetTimestamp();
                await call.Caller.HangUpAsync(limit);
                var closed = await call.Session.Closed.WaitAsync(limit);
                await call.Caller.DisposeAsync();
                return TimeProvider.System.GetElapsedTime(since, closed.At);
            })));
        }

        return Measurement.Of("from a hang-up to the model's socket closed", times, 0.99, 200, LeastHangUps, []);
    }

    /// <summary>From the loss of the model in the midst of an answer to its voice again, when the dial takes 200 ms.</summary>
    private static async Task<Measurement> LossesAsync(FaultRun run, CancellationToken limit)
    {
        var times = new List<TimeSpan>();
        for (var loss = 0; loss < Losses; loss++)
        {
            run.Model.Script = [DialFault.With(options => options with { Greeting = ModelAnswer.Tones(6000) with { Speed = 2 } }), DialFault.Delay(Dial)];
            await using var caller = await FakeCaller.DialAsync(run.Caller, limit);
            var first = await run.Model.NextConversationAsync(limit);
            await caller.Playout.WaitUntilAsync(playout => playout.HeardSamples > Pcmu.Samples(100), limit);
            await first.Arm(SessionFault.Reset.AfterDelta(1));
            var died = (await first.Closed.WaitAsync(limit)).At;
            var second = await run.Model.NextConversationAsync(limit);
            await caller.Playout.WaitUntilAsync(playout => second.Ledger is [var rest, ..] && playout.Item(rest.Ordinal).Received > 0, limit);
            times.Add(TimeProvider.System.GetElapsedTime(died, caller.Playout.Arrivals.First(arrival => arrival.Mark.Ordinal == second.Ledger[0].Ordinal).At));
            await caller.HangUpAsync(limit);
        }

        return Measurement.Of("from the model's loss to its voice again, the dial taking 200 ms", times, 0.95, 1500, LeastLosses, []);
    }
}
