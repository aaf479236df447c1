namespace Bridge.Simulator.Matrix;

/// <summary>The variants that need one profile: plays them one after the other on one bridge.</summary>
internal sealed class FaultJob(BridgeProfile profile, IReadOnlyList<(FaultRow Row, RowVariant Variant)> variants, Recordings recordings, bool verbose)
{
    private static readonly TimeSpan LongestVariant = TimeSpan.FromSeconds(40);

    public BridgeProfile Profile => profile;

    /// <summary>Plays all, and tells of each as it is over.</summary>
    public async Task RunAsync(Action<VariantResult> over, CancellationToken stop)
    {
        FaultRun? run = null;
        try
        {
            foreach (var (row, variant) in variants)
            {
                var result = await PlayAsync(run ??= await StartAsync(stop), row, variant, stop);
                if (!result.HasPassed && result.LatenessMs > Testimony.LatestMs)
                {
                    var again = FormattableString.Invariant($"repeated: the generator was {result.LatenessMs:F0} ms late (p99)");
                    if (IsSpoilt(result, variant))
                        run = await EndAsync(run);
                    result = await PlayAsync(run ??= await StartAsync(stop), row, variant, stop) with { Repeated = again };
                }

                over(result);
                // What one row did to a bridge and its witnesses must not be laid at the next row's door.
                if (IsSpoilt(result, variant))
                    run = await EndAsync(run);
            }
        }
        finally
        {
            await EndAsync(run);
        }
    }

    // A machine that was slow for a moment has spoilt nothing.
    private bool IsSpoilt(VariantResult result, RowVariant variant) => result.Problems.Count > 0 || profile.EndsProcess || variant.LeavesTraces;

    private static async Task<FaultRun?> EndAsync(FaultRun? run)
    {
        if (run is not null)
            await run.DisposeAsync();
        return null;
    }

    private Task<FaultRun> StartAsync(CancellationToken stop) => FaultRun.StartAsync(profile, recordings, verbose, stop);

    private async Task<VariantResult> PlayAsync(FaultRun run, FaultRow row, RowVariant variant, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(LongestVariant);
        var scene = new RowScene(run, recordings, verbose, limit.Token);
        var from = TimeProvider.System.GetTimestamp();
        try
        {
            await variant.Play(scene);
            await scene.JudgeAsync(row.Limit);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            scene.Failed(exception is OperationCanceledException ? $"came to a stop: not over after {LongestVariant.TotalSeconds:F0} s" : $"{exception.GetType().Name}: {exception.Message}");
            if (exception is not (OperationCanceledException or InvalidOperationException))
                scene.Failed(exception.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Rows", StringComparison.Ordinal))?.Trim() ?? "");
        }

        var testimony = scene.Testify();
        var result = new VariantResult(row.Id, variant.Name, scene.Heard, scene.Freed, scene.Silence, [.. scene.Problems, .. testimony.Problems])
        {
            Took = TimeProvider.System.GetElapsedTime(from),
            RelayMs = testimony.RelayMs,
            LatenessMs = testimony.LatenessMs,
        };
        await scene.EndAsync();
        if (!result.HasPassed && !verbose)
            Trace(row, variant, scene);
        return result;
    }

    /// <summary>What the bridge wrote, for a variant that failed.</summary>
    private static void Trace(FaultRow row, RowVariant variant, RowScene scene)
    {
        if (Environment.GetEnvironmentVariable("BRIDGE_FAULTS_LOGS") is not { Length: > 0 } folder)
            return;
        Directory.CreateDirectory(folder);
        var name = string.Concat($"{row.Id}-{variant.Name}".Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'));
        File.WriteAllLines(Path.Combine(folder, name + ".log"), [.. scene.Problems.Select(problem => "# " + problem), .. scene.Log.Lines]);
    }
}
