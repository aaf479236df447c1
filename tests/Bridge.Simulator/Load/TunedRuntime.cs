using System.Globalization;

namespace Bridge.Simulator.Load;

/// <summary>The runtime settings of the bridge, for a relay that is to have the same.</summary>
internal static class TunedRuntime
{
    public static IReadOnlyDictionary<string, string?> Variables { get; } = new Dictionary<string, string?>
    {
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = (2 * Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture),
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        ["DOTNET_gcServer"] = "0",
        // Hexadecimal, as the runtime reads its variables.
        ["DOTNET_GCGen0MaxBudget"] = "400000",
        ["DOTNET_TieredPGO"] = "0",
    };
}
