using System.Collections.Concurrent;
using System.Globalization;
using Bridge.Simulator.Matrix;

namespace Bridge.Simulator.Commands;

/// <summary><c>faults</c>: the fault matrix, on bridges of its own, with healthy calls beside each fault, and the table of what came of it.</summary>
internal static class FaultsCommand
{
    private const int AtOnce = 3;

    public static async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        var line = new CommandLine(arguments, ["--row", "--json"], ["--list", "--verbose"]);
        var (rows, elsewhere) = Choose(line.Text("--row"));
        if (line.Has("--list"))
        {
            foreach (var row in rows)
                Console.WriteLine($"{row.Id,-4} {row.Fault}: {string.Join(", ", row.Variants.Select(variant => variant.Name))}");
            foreach (var row in elsewhere)
                Console.WriteLine($"{row.Id,-4} {row.Fault}: in {row.Where}");
            return 0;
        }

        // Frames that are sent on time matter more than threads that are saved.
        ThreadPool.SetMinThreads(16, 16);
        var began = TimeProvider.System.GetTimestamp();
        var results = new ConcurrentBag<VariantResult>();
        using var recordings = new Recordings();
        var jobs = rows.SelectMany(row => row.Variants.Select(variant => (row, variant))).GroupBy(one => one.variant.Profile)
            .Select(same => new FaultJob(same.Key, [.. same], recordings, line.Has("--verbose")))
            .OrderByDescending(job => job.Profile.Weight).ToList();
        await RunAsync(jobs, Tell, stop);
        var over = rows.Select(row => new RowResult(row, [.. row.Variants.Select(variant => results.FirstOrDefault(result => result.RowId == row.Id && result.Name == variant.Name)).OfType<VariantResult>()])).ToList();
        Console.WriteLine();
        FaultTable.Print(Console.Out, over, elsewhere);
        Console.WriteLine();
        // Alone, so that nothing else is measured.
        var measurements = line.Text("--row") is null ? await Measurements.RunAsync(recordings, line.Has("--verbose"), stop) : [];
        foreach (var measurement in measurements)
            Console.WriteLine(measurement);
        var failed = over.Count(row => !row.HasPassed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{over.Count - failed} of {over.Count} rows passed, in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F0} s."));
        if (line.Text("--json") is { } file)
            await File.WriteAllTextAsync(file, FaultTable.Json(over, measurements), stop);
        return failed == 0 && measurements.All(measurement => measurement.HasPassed) ? 0 : 1;

        void Tell(VariantResult result)
        {
            results.Add(result);
            var at = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at,6:F1} s  {result.RowId,-4}{result.Name}: {(result.HasPassed ? "passed" : $"FAILED: {result.Reasons[0]}")} ({result.Took.TotalSeconds:F1} s)"));
        }
    }

    private static (IReadOnlyList<FaultRow> Rows, IReadOnlyList<RowElsewhere> Elsewhere) Choose(string? id)
    {
        if (id is null)
            return (FaultMatrix.Rows, FaultMatrix.Elsewhere);
        var ids = id.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var known = FaultMatrix.Rows.Select(row => row.Id).Concat(FaultMatrix.Elsewhere.Select(row => row.Id)).ToList();
        var unknown = Array.Find(ids, one => !known.Contains(one, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null || ids.Length == 0)
            throw new UsageException($"There is no row '{unknown ?? id}'. There are {string.Join(", ", known)}.");
        return ([.. FaultMatrix.Rows.Where(row => ids.Contains(row.Id, StringComparer.OrdinalIgnoreCase))], [.. FaultMatrix.Elsewhere.Where(row => ids.Contains(row.Id, StringComparer.OrdinalIgnoreCase))]);
    }

    // What needs a bridge of its own runs beside the others, a few at once.
    private static async Task RunAsync(IReadOnlyList<FaultJob> jobs, Action<VariantResult> tell, CancellationToken stop)
    {
        using var places = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(jobs.Select(async job =>
        {
            await places.WaitAsync(stop);
            try
            {
                await job.RunAsync(tell, stop);
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
            {
                Console.WriteLine($"The rows of \"{job.Profile.Name}\" could not be run. {exception.Message}");
            }
            finally
            {
                places.Release();
            }
        }));
    }
}
