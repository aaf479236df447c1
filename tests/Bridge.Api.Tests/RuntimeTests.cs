using System.Globalization;
using Bridge.Api.Runtime;
using Bridge.Simulator.Commands;

namespace Bridge.Api.Tests;

/// <summary>The program as it is started: what it does first, no other test sees.</summary>
public sealed class RuntimeTests
{
    private static readonly Uri NoModel = new("ws://127.0.0.1:9/");

    [Test, CancelAfter(60_000)]
    public async Task It_says_that_its_sockets_complete_on_threads_of_their_own_and_how_many(CancellationToken cancel)
    {
        await using var bridge = await BridgeProcess.StartAsync(NoModel, verbose: false, cancel);

        var threads = (2 * Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture);
        Assert.That(await LinesAsync(bridge), Has.Some.Contains($"Runtime: sockets complete on threads of their own: {threads}"));
        Assert.That(bridge.Lines, Has.Some.Contains("workstation garbage collector, first generation up to 4 MB"));
        Assert.That(bridge.Lines, Has.Some.EndsWith("Runtime: profile-guided code is off; idle pool threads spin up to 0 times"));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_the_owner_has_set_stands(CancellationToken cancel)
    {
        var variables = new Dictionary<string, string> { [RuntimeSettings.InlineCompletions] = "0" };
        await using var bridge = await BridgeProcess.StartAsync(NoModel, variables, verbose: false, cancel);

        Assert.That(await LinesAsync(bridge), Has.Some.EndsWith("Runtime: sockets complete on the thread pool"));
    }

    [Test, CancelAfter(60_000)]
    public async Task It_says_what_is_in_force_and_not_what_we_meant(CancellationToken cancel)
    {
        var variables = new Dictionary<string, string>
        {
            [RuntimeSettings.SocketThreads] = "3",
            ["DOTNET_gcServer"] = "1",
            // All the runtime's own numbers are in hexadecimal.
            ["DOTNET_GCGen0MaxBudget"] = "800000",
            ["DOTNET_TieredPGO"] = "1",
            ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "1E",
        };
        await using var bridge = await BridgeProcess.StartAsync(NoModel, variables, verbose: false, cancel);

        Assert.That(await LinesAsync(bridge), Has.Some.EndsWith("Runtime: sockets complete on threads of their own: 3"));
        Assert.That(bridge.Lines, Has.Some.EndsWith("Runtime: server garbage collector, first generation up to 8 MB"));
        Assert.That(bridge.Lines, Has.Some.EndsWith("Runtime: profile-guided code is on; idle pool threads spin up to 30 times"));
    }

    /// <summary>All it wrote: it is stopped first, and its pipes are read to their ends.</summary>
    private static async Task<IReadOnlyList<string>> LinesAsync(BridgeProcess bridge)
    {
        await bridge.SignalAsync("TERM");
        await bridge.Exited;
        return bridge.Lines;
    }
}
