using System.Runtime.InteropServices;

namespace Bridge.Simulator.Load.Wire;

/// <summary>The generator's place in the queue for a processor.</summary>
internal static partial class Eagerness
{
    /// <summary>Nice values go from -20 (first) to 19.</summary>
    private const int Nice = -20;

    /// <summary>
    /// Asks the system to run this thread before others: a generator that waits for a processor measures its own waiting. Where that is
    /// not allowed it is left, and the lateness in the report tells.
    /// </summary>
    public static void Raise() => _ = SetPriority(0, 0, Nice);

    // On Linux process 0 is the calling thread (man 2 setpriority, "C library/kernel differences").
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int nice);
}
