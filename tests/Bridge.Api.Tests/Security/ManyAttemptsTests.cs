using System.Collections.Concurrent;
using System.Diagnostics;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Matrix;

namespace Bridge.Api.Tests.Security;

/// <summary>Ten thousand who are not Twilio, and five who talk meanwhile: a service as a process of its own, in real time.</summary>
[CancelAfter(180_000)]
public sealed class ManyAttemptsTests
{
    private const int Attempts = 10_000, AtOnce = 24, Witnesses = 5;

    [Test, Category("E5"), Category("G16")]
    public async Task Ten_thousand_attempts_of_all_kinds_reach_no_model_and_disturb_nobody(CancellationToken cancel)
    {
        using var recordings = new Recordings();
        await using var run = await FaultRun.StartAsync(new BridgeProfile("attempts") { Witnesses = Witnesses, Places = null }, recordings, verbose: false, cancel);
        var overheard = await OverheardAsync(run, cancel);
        var (began, from) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetTimestamp());

        var statuses = new ConcurrentDictionary<(string Kind, int Status), int>();
        await Parallel.ForAsync(0, Attempts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (number, stop) =>
        {
            var attempt = UnprovenAttempt.All[number % UnprovenAttempt.All.Count];
            statuses.AddOrUpdate((attempt.Name, await attempt.TryAsync(run.Bridge.Url, overheard, number, stop)), 1, (_, count) => count + 1);
        });

        var testimony = run.Witnesses.Judge(from, TimeProvider.System.GetTimestamp());
        TestContext.Out.WriteLine($"{Attempts} attempts in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s; relay p99 {testimony.RelayMs:F1} ms, generator {testimony.LatenessMs:F1} ms late (p99)");
        foreach (var (what, count) in statuses.OrderBy(one => one.Key))
            TestContext.Out.WriteLine($"{what.Status,4} {count,5}  {what.Kind}");
        Assert.That(statuses.Keys.Where(one => one.Status is not (0 or (>= 400 and < 500))), Is.Empty, "let in, or a fault of ours");
        Assert.That(run.Model.Dials, Has.Count.EqualTo(Witnesses), "dials");
        Assert.That(run.Bridge.IsAlive, Is.True);
        Assert.That(testimony.Problems, Is.Empty, "the witnesses");
        Assert.That(run.Bridge.Lines.Where(line => line.Contains(" ERR ", StringComparison.Ordinal) || line.Contains(" FTL ", StringComparison.Ordinal)), Is.Empty);
    }

    /// <summary>A genuine call that is over: whoever heard it has everything but the auth token.</summary>
    private static async Task<OverheardCall> OverheardAsync(FaultRun run, CancellationToken cancel)
    {
        var call = await OverheardCall.PlaceAsync(run.Caller, cancel);
        var (answer, stream) = await RawMediaStream.TryOpenAsync(run.Bridge.Url, call.Handshake, cancel);
        Assert.That(answer?.Status, Is.EqualTo(101));
        // Opened, so the token is used; no start, so that no model is dialled.
        await stream!.DisposeAsync();
        return call;
    }
}
