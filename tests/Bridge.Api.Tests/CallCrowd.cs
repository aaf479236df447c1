using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests;

/// <summary>Many calls at once, all in one virtual time: a frame of each for each 20 ms of it.</summary>
internal sealed class CallCrowd(BridgeHost bridge, CancellationToken cancel) : IAsyncDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    /// <summary>The shortest time there is: enough for a call to do what is due.</summary>
    private static readonly TimeSpan Instant = TimeSpan.FromTicks(1);

    private const int Breaths = 5;

    private readonly HttpClient _http = new();

    public List<FakeCaller> Callers { get; } = [];

    /// <summary>Dials so many more, a few at a time.</summary>
    public async Task DialAsync(int calls, Func<int, FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        foreach (var some in Enumerable.Range(Callers.Count, calls).Chunk(25))
            Callers.AddRange(await Task.WhenAll(some.Select(number => bridge.CallAsync(options => change?.Invoke(number, options) ?? options))));
    }

    /// <summary>Time passes for all; in large steps, if nothing of it matters: what the callers send in a step comes at its end.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        var by = step ?? Frame;
        for (var passed = TimeSpan.Zero; passed < time; passed += by)
        {
            bridge.Clock.Advance(by);
            await TakePartAsync();
        }
    }

    /// <summary>Lets time pass until something is so.</summary>
    public async Task UntilAsync(Func<string> what, Func<bool> condition, TimeSpan longest, TimeSpan? step = null)
    {
        var by = step ?? Frame;
        for (var passed = TimeSpan.Zero; passed < longest && !condition(); passed += by)
            await PassAsync(by, by);
        Assert.That(condition(), Is.True, what());
    }

    /// <summary>Everybody does what is due, and the bridge has read all of it afterwards. It is given time for what nobody waits for, too: requests that it answers.</summary>
    public async Task TakePartAsync()
    {
        for (var breath = 0; breath < Breaths; breath++)
        {
            using var answer = await _http.GetAsync(new Uri(bridge.Address, "/health/live"), cancel);
        }

        foreach (var some in Callers.Where(caller => caller.HowItEnded is null).ToList())
        {
            await some.PassAsync(Instant, cancel);
            if (!some.Ended.IsCompleted)
                await some.SettleAsync(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var some in Callers.Chunk(25))
            await Task.WhenAll(some.Select(caller => caller.DisposeAsync().AsTask()));
        Callers.Clear();
        _http.Dispose();
    }
}
