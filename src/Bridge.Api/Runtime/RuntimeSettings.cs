using System.Globalization;

namespace Bridge.Api.Runtime;

/// <summary>
/// What the runtime reads from the environment before anything else is done, and what makes thousands of small messages cheap
/// (docs/performance.md). Whatever the owner has set stands.
/// </summary>
internal static class RuntimeSettings
{
    /// <summary>1: what waits for a socket goes on on the thread that waits for all sockets, instead of being handed to the thread pool.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// How many threads wait for sockets: two for each core. A socket has its thread for good, so what one core is too busy for waits
    /// although another is free; the more threads, the less of it.
    /// </summary>
    public const string SocketThreads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>How many there are to be.</summary>
    public static int Threads => int.TryParse(Environment.GetEnvironmentVariable(SocketThreads), NumberStyles.None, CultureInfo.InvariantCulture, out var threads) ? threads : AsManyAsHelp;

    /// <summary>How often a pool thread without work looks round before it sleeps; 70 when nobody has said. The environment is in hexadecimal, and comes first.</summary>
    public static int Spins =>
        int.TryParse(Variable("ThreadPool_UnfairSemaphoreSpinLimit"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var spins)
        || int.TryParse(Configured("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit"), NumberStyles.None, CultureInfo.InvariantCulture, out spins) ? spins : 70;

    /// <summary>Whether hot code is compiled a first time to count and a second time by the counts; on when nobody has said. The environment comes first.</summary>
    public static bool IsProfileGuided =>
        int.TryParse(Variable("TieredPGO"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var guided)
            ? guided != 0
            : !bool.TryParse(Configured("System.Runtime.TieredPGO"), out var isGuided) || isGuided;

    /// <summary>The first thing that is done: a socket that was used before would have made up its mind.</summary>
    public static void Apply()
    {
        SetUnlessSet(InlineCompletions, "1");
        SetUnlessSet(SocketThreads, AsManyAsHelp.ToString(CultureInfo.InvariantCulture));
    }

    private static int AsManyAsHelp => 2 * Environment.ProcessorCount;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable("DOTNET_" + name);

    private static string? Configured(string name) => Convert.ToString(AppContext.GetData(name), CultureInfo.InvariantCulture);

    private static void SetUnlessSet(string variable, string value)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
            Environment.SetEnvironmentVariable(variable, value);
    }
}
