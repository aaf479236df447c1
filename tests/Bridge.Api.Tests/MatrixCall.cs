using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>What the model was told of one item, in milliseconds, and what was heard of it when the line fell silent.</summary>
internal sealed record MatrixTruncation(MatrixCell Cell, int Item, double HeardMs, int GeneratedMs, int ReceivedMs, int? ToldMs)
{
    /// <summary>Told less heard; an item the model was told nothing of is remembered whole.</summary>
    public double DifferenceMs => (ToldMs ?? GeneratedMs) - HeardMs;

    /// <summary>It was heard to its end, and the model was told otherwise.</summary>
    public bool IsNeedless => ToldMs is not null && HeardMs >= GeneratedMs;

    /// <summary>It was not, and the model was told nothing.</summary>
    public bool IsForgotten => ToldMs is null && HeardMs < GeneratedMs;

    public override string ToString() =>
        FormattableString.Invariant($"item {Item + 1}: told {ToldMs?.ToString() ?? "nothing"}, heard {HeardMs:F3} of {GeneratedMs} ")
        + FormattableString.Invariant($"({ReceivedMs} came), {DifferenceMs:+0.0;-0.0} ms: {Cell}");
}

/// <summary>One call of the matrix in virtual time: each answer is interrupted at its moment, and what came of it is written down.</summary>
internal sealed class MatrixCall(BridgeHost bridge, MatrixLine line, List<MatrixCell> cells, CancellationToken cancel)
{
    private readonly List<MatrixTruncation> _truncations = [];
    private readonly List<string> _faults = [];

    public IReadOnlyList<MatrixTruncation> Truncations => _truncations;

    /// <summary>Interruptions at which the bridge rightly found nothing left to cut.</summary>
    public int NothingToCut { get; private set; }

    public IReadOnlyList<string> Faults => _faults;

    public async Task RunAsync()
    {
        var opening = TimeSpan.FromMilliseconds(line.OpensAfterMs);
        bridge.Model.Options = bridge.Model.Options with
        {
            Greeting = cells[0].Answer,
            Answers = [.. cells.Skip(1).Select(cell => cell.Answer)],
            BeforeCreated = stop => Task.Delay(opening, bridge.Clock!, stop),
        };
        await using var caller = await bridge.CallAsync(options => options with { Line = line.Conditions, ReturnMarks = line.ReturnMarks });
        var session = await bridge.Model.NextConversationAsync(cancel);
        caller.KeepStepWith(session);
        await caller.PassAsync(opening, cancel);
        await session.WaitForAsync("response.create", 1, cancel);
        var dice = new Random(cells.Count);
        foreach (var cell in cells)
        {
            await InterruptAsync(cell, caller, session);
            await caller.PassAsync(TimeSpan.FromMilliseconds(dice.Next(250, 450)), cancel);
            await session.SpeechStoppedAsync();
        }

        var playout = caller.Playout;
        _faults.AddRange(session.Errors.Select(error => $"the model answered {error.Code}: {error.Message}"));
        _faults.AddRange(session.Violations.Concat(caller.Violations));
        if (playout.BlocksCorrupt + playout.BlocksOutOfOrder + playout.BlocksAfterClear is var blocks and > 0)
            _faults.Add($"{blocks} blocks came changed, out of order or after a clear");
    }

    private async Task InterruptAsync(MatrixCell cell, FakeCaller caller, FakeConversation session)
    {
        var (firstItem, heardBefore, cleared) = (session.Ledger.Count, caller.Playout.HeardSamples, caller.Clears.Count);
        if (cell == cells[0])
            firstItem = 0;
        await ListenAsync(cell, caller, heardBefore);

        await session.SpeechStartedAsync();
        var down = line.Conditions.DownDelayMs + line.Conditions.DownJitterMs;
        var longest = TimeSpan.FromMilliseconds(down + 2);
        await caller.PassUntilAsync(() => caller.Clears.Count > cleared, longest, cancel);
        var heard = caller.Clears.Count > cleared ? caller.Clears[cleared].Items : caller.Playout.Items;
        await caller.SettleAsync(cancel);

        var items = session.Ledger.Skip(firstItem).Select((item, index) => Measure(cell, index, item, heard)).ToList();
        if (caller.Clears.Count == cleared)
        {
            NothingToCut++;
            var left = caller.Playout.UnheardSamples / 8.0;
            if (left > MatrixTable.BoundMs + line.JitterMs)
                _faults.Add($"not cut, though {left:F1} ms were left: {cell}");
            return;
        }

        _truncations.AddRange(items.Where(item => item.ToldMs is not null || item.IsForgotten));
    }

    // Until so much of the answer will have been heard when a clear that is sent now takes effect.
    private async Task ListenAsync(MatrixCell cell, FakeCaller caller, long heardBefore)
    {
        var down = line.Conditions.DownDelayMs;
        var before = caller.Record.Count(BridgeMessageKind.Media);
        if (cell == cells[0])
            before = 0;
        var longest = TimeSpan.FromSeconds(60);
        bool came;
        if (cell.AtMs <= down)
        {
            came = await caller.PassUntilAsync(() => caller.Record.Count(BridgeMessageKind.Media) > before, longest, cancel);
            await caller.PassAsync(TimeSpan.FromMilliseconds(cell.AtMs), cancel);
        }
        else
        {
            var wanted = heardBefore + Pcmu.Samples(cell.AtMs - down);
            came = await caller.PassUntilAsync(() => caller.Playout.HeardSamples >= wanted, longest, cancel);
        }

        if (!came)
            _faults.Add($"{cell.AtMs} ms were never heard: {cell}");
        await caller.PassAsync(TimeSpan.FromMilliseconds(cell.LaterMs), cancel);
    }

    private static MatrixTruncation Measure(MatrixCell cell, int index, LedgerItem item, IReadOnlyList<HeardItem> heard)
    {
        var truth = heard.FirstOrDefault(one => one.Item == item.Ordinal);
        return new MatrixTruncation(cell, index, truth.Heard / 8.0, item.GeneratedMs, Pcmu.Milliseconds(truth.Received), item.TruncatedToMs);
    }
}
