namespace Bridge.Simulator.Load;

/// <summary>
/// The environment variables that change how fast .NET runs. Each process that is measured gets the ones it is meant to have, and none
/// from the shell that the measuring was started in.
/// </summary>
internal static class RuntimeKnobs
{
    private static readonly string[] Prefixes = ["DOTNET_", "COMPlus_"];

    private static readonly string[] Families =
    [
        "SYSTEM_NET_", "ThreadPool_", "HillClimbing_", "Thread_", "gc", "Tiered", "TC_", "ReadyToRun", "OSR_", "Jit", "Enable", "UseSocketsHttp",
        "PROCESSOR_COUNT",
    ];

    // Of the family "Enable" there are also the ways to look into a process, which change nothing until somebody looks.
    private static readonly string[] Harmless = ["EnableDiagnostics"];

    /// <summary>Whether a variable is one of these, in whatever case.</summary>
    public static bool Contains(string name)
    {
        foreach (var prefix in Prefixes)
        {
            if (Begins(name, prefix))
                return Families.Any(family => Begins(name[prefix.Length..], family)) && !Harmless.Any(family => Begins(name[prefix.Length..], family));
        }

        return false;
    }

    /// <summary>Takes them out of the environment that a process is to be started with.</summary>
    public static void RemoveFrom(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(Contains).ToList())
            environment.Remove(name);
    }

    private static bool Begins(string name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}
