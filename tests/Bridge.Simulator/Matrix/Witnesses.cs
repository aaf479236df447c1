namespace Bridge.Simulator.Matrix;

/// <summary>How long things took on the witnesses' calls.</summary>
internal sealed class WitnessDelays
{
    /// <summary>From the caller to the model.</summary>
    public List<TimeSpan> Up { get; } = [];

    /// <summary>From the model to the caller.</summary>
    public List<TimeSpan> Down { get; } = [];

    /// <summary>Of the callers' own frames behind their time: a machine that is too busy to judge others.</summary>
    public List<TimeSpan> Lateness { get; } = [];
}

/// <summary>What the witnesses had to say of a stretch of time.</summary>
/// <param name="Problems">What was wrong; empty: nothing.</param>
/// <param name="RelayMs">The delay, in either direction, that 99 of 100 frames did not exceed.</param>
/// <param name="LatenessMs">The same of the generator's own lateness.</param>
internal sealed record Testimony(IReadOnlyList<string> Problems, double RelayMs, double LatenessMs)
{
    /// <summary>The delay, in either direction, that 99 of 100 frames must stay below.</summary>
    public const double RelayLimitMs = 50;

    /// <summary>A generator that is later than this cannot judge.</summary>
    public const double LatestMs = 5;
}

/// <summary>The calls beside the faults of one bridge. They live as long as it does; each row's judgement covers its own time.</summary>
internal sealed class Witnesses : IAsyncDisposable
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<Witness> _all;

    private Witnesses(IReadOnlyList<Witness> all) => _all = all;

    /// <summary>Nobody.</summary>
    public static Witnesses None { get; } = new([]);

    /// <summary>Those whose sessions are open.</summary>
    public int Sessions => _all.Count(witness => witness.HasSession);

    /// <summary>Rings one after the other, and lets them talk until the bridge is warm.</summary>
    public static async Task<Witnesses> DialAsync(FaultRun run, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return None;
        var usual = run.Model.Options;
        run.Model.Options = Witness.Model with { ReceiveBufferBytes = usual.ReceiveBufferBytes };
        var all = new List<Witness>();
        for (var number = 1; number <= count; number++)
            all.Add(await Witness.DialAsync(run, number, cancellationToken));
        run.Model.Options = usual;
        await Task.Delay(WarmUp, cancellationToken);
        var witnesses = new Witnesses(all);
        witnesses.Judge(0, TimeProvider.System.GetTimestamp());
        return witnesses;
    }

    /// <summary>What was wrong between two moments; what is judged once is not judged again.</summary>
    public Testimony Judge(long from, long to)
    {
        var delays = new WitnessDelays();
        var problems = _all.SelectMany(witness => witness.Judge(from, to, delays)).ToList();
        return new Testimony(problems, Math.Max(Share99(delays.Up), Share99(delays.Down)), Share99(delays.Lateness));
    }

    /// <summary>All hang up.</summary>
    public Task HangUpAsync() => Task.WhenAll(_all.Select(witness => witness.HangUpAsync()));

    public async ValueTask DisposeAsync() => await Task.WhenAll(_all.Select(witness => witness.DisposeAsync().AsTask()));

    private static double Share99(List<TimeSpan> delays) => delays.Count == 0 ? 0 : new Latencies(delays).Percentile(0.99);
}
