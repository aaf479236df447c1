using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Bridge.Simulator.Load.Figures;

/// <summary>What the operating system says about a process at one moment: two of these tell what the time between cost.</summary>
/// <param name="User">CPU time of all its threads, those that ended too, outside the kernel.</param>
/// <param name="System">CPU time of all its threads inside the kernel.</param>
/// <param name="ResidentBytes">Memory it has in RAM, shared libraries included.</param>
/// <param name="PrivateBytes">What of it is shared with nobody; null where the system does not say.</param>
/// <param name="Threads">Threads, the runtime's own too.</param>
/// <param name="Handles">Open files and sockets; 0 where the system does not say.</param>
/// <param name="At">When it was read: <see cref="Stopwatch.GetTimestamp"/>.</param>
internal readonly record struct ProcessReading(
    TimeSpan User, TimeSpan System, long ResidentBytes, long? PrivateBytes, int Threads, int Handles, long At)
{
    public TimeSpan Total => User + System;

    /// <summary>Reads a process. Costs it nothing and us about a millisecond: for the ends of a window, not for every tick.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public static ProcessReading Of(Process process)
    {
        process.Refresh();
        var (resident, unshared) = Memory(process);
        var threads = process.Threads.Count;
        var handles = OpenHandles(process);
        // Time and CPU last and together: what the rest took must not count as the process's time.
        var at = Stopwatch.GetTimestamp();
        return new(process.UserProcessorTime, process.PrivilegedProcessorTime, resident, unshared, threads, handles, at);
    }

    // The kernel's own sum over all mappings is exact; the working set is an estimate that lags by some pages a thread.
    private static (long Resident, long? Unshared) Memory(Process process)
    {
        try
        {
            long resident = 0, unshared = 0;
            foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/smaps_rollup")))
            {
                if (line.StartsWith("Rss:", StringComparison.Ordinal))
                    resident = Bytes(line);
                else if (line.StartsWith("Private_Clean:", StringComparison.Ordinal) || line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
                    unshared += Bytes(line);
            }

            return resident > 0 ? (resident, unshared) : (process.WorkingSet64, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (process.WorkingSet64, null);
        }
    }

    // "Rss:               12345 kB"
    private static long Bytes(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    private static int OpenHandles(Process process)
    {
        try
        {
            return process.HandleCount;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception or NotSupportedException)
        {
            return 0;
        }
    }
}
