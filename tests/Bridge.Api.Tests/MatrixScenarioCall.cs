using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>One call in one virtual time, with everything at rest between two steps.</summary>
internal sealed class MatrixScenarioCall : IAsyncDisposable
{
    private readonly BridgeHost _bridge;
    private readonly CancellationToken _cancel;

    private MatrixScenarioCall(BridgeHost bridge, FakeCaller caller, FakeConversation session, CancellationToken cancel) =>
        (_bridge, Caller, Session, _cancel) = (bridge, caller, session, cancel);

    public FakeCaller Caller { get; }

    public FakeConversation Session { get; }

    /// <summary>Starts a bridge and dials. Unless told otherwise the greeting was asked for, and some frames of the caller came before it.</summary>
    public static async Task<MatrixScenarioCall> StartAsync(
        FakeModelOptions model, CancellationToken cancel, LineConditions? line = null, bool opened = true)
    {
        var clock = new ManualClock();
        var opening = TimeSpan.FromMilliseconds(opened ? 330 : 0);
        if (opened)
            model = model with { BeforeCreated = stop => Task.Delay(opening, clock, stop) };
        var bridge = await BridgeHost.StartAsync(model, customize: BridgeHost.Patient, clock: clock);
        var caller = await bridge.CallAsync(options => options with { Line = line ?? new() });
        var session = await bridge.Model.NextConversationAsync(cancel);
        caller.KeepStepWith(session);
        await caller.PassAsync(opening, cancel);
        if (opened)
            await session.WaitForAsync("response.create", 1, cancel);
        return new MatrixScenarioCall(bridge, caller, session, cancel);
    }

    public Task PassAsync(int milliseconds) => Caller.PassAsync(TimeSpan.FromMilliseconds(milliseconds), _cancel);

    /// <summary>Lets time pass until so much more is heard.</summary>
    public async Task HearAsync(int milliseconds)
    {
        var before = Caller.Playout.HeardSamples;
        var heard = await Caller.PassUntilAsync(
            () => Caller.Playout.HeardSamples - before >= Pcmu.Samples(milliseconds), TimeSpan.FromMinutes(1), _cancel);
        Assert.That(heard, Is.True, $"{milliseconds} ms were never heard");
    }

    /// <summary>Where the model was told that an item ends; null when it was told nothing.</summary>
    public int? Told(int item) => Session.Ledger[item].TruncatedToMs;

    public void NothingIsWrong()
    {
        var playout = Caller.Playout;
        Assert.That(Session.Errors.Select(error => error.Message), Is.Empty);
        Assert.That(Session.Violations.Concat(Caller.Violations), Is.Empty);
        Assert.That(playout.BlocksCorrupt + playout.BlocksOutOfOrder + playout.BlocksAfterClear, Is.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        await Caller.DisposeAsync();
        await _bridge.DisposeAsync();
    }
}
