using System.Collections.Concurrent;
using Bridge.Simulator;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>The model remembers what the caller heard, on every line: real sockets, one virtual time for bridge, model and caller.</summary>
public sealed class MatrixTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task The_model_remembers_what_the_caller_heard_on_every_line(CancellationToken cancel)
    {
        var table = new MatrixTable();
        var rows = new ConcurrentBag<(MatrixLine, List<MatrixCall>)>();
        var two = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancel };
        await Parallel.ForEachAsync(MatrixPlan.Lines, two, async (line, stop) => rows.Add((line, await RunAsync(line, stop))));
        foreach (var (line, calls) in rows.OrderBy(row => Array.IndexOf(MatrixPlan.Lines, row.Item1)))
            table.Add(line, calls);

        await TestContext.Out.WriteLineAsync(table.ToString());
        if (Environment.GetEnvironmentVariable("BRIDGE_MATRIX_FILE") is { Length: > 0 } file)
            await File.WriteAllTextAsync(file, table.ToString(), cancel);
        Assert.That(table.Interruptions, Is.GreaterThanOrEqualTo(150));
        Assert.That(table.Faults(), Is.Empty);
    }

    private static async Task<List<MatrixCall>> RunAsync(MatrixLine line, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new FakeModelOptions(), customize: BridgeHost.Patient, clock: new ManualClock());
        var calls = new List<MatrixCall>();
        foreach (var cells in MatrixPlan.Of(line))
        {
            calls.Add(new MatrixCall(bridge, line, cells, cancel));
            await calls[^1].RunAsync();
        }

        return calls;
    }
}
