using System.Diagnostics;
using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Load;

/// <summary>What a run cost the subject's process, out of the readings of it.</summary>
/// <param name="Fresh">Before the first call; null for all four when there is no process to read.</param>
/// <param name="Stood">When all calls stood.</param>
/// <param name="Before">At the window's begin.</param>
/// <param name="After">At its end.</param>
/// <param name="Plan">The load.</param>
/// <param name="Calls">Calls that talked in the window, on average.</param>
/// <param name="SetUps">Calls set up in the window; 0: they stood before.</param>
internal sealed record LoadCost(ProcessReading? Fresh, ProcessReading? Stood, ProcessReading? Before, ProcessReading? After, LoadPlan Plan, double Calls, int SetUps)
{
    /// <summary>Of one call and one second, µs.</summary>
    public double PerCallSecond(TimeSpan cpu) => cpu.TotalMicroseconds / (Calls * Seconds);

    private double Seconds => Before is { } before && After is { } after ? Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds : Plan.Window.TotalSeconds;

    /// <summary>Null when there is no process to read.</summary>
    public SubjectUse? Use(bool isQuiet)
    {
        if (Fresh is not { } fresh || Stood is not { } stood || Before is not { } before || After is not { } after)
            return null;
        var grown = (Memory(after) - Memory(fresh)) / Calls;
        return new SubjectUse(
            PerCallSecond(after.User - before.User), PerCallSecond(after.System - before.System),
            isQuiet ? grown : 0, isQuiet ? 0 : grown, after.Threads, after.Handles,
            SetUps > 0 ? (after.Total - before.Total).TotalMicroseconds / SetUps : SetUp(fresh, stood, PerCallSecond(after.Total - before.Total)));
    }

    private static double Memory(ProcessReading reading) => reading.PrivateBytes ?? reading.ResidentBytes;

    /// <summary>The ramp's cost, less what the calls cost that stood already: each stands for half of the ramp, on average.</summary>
    private double SetUp(ProcessReading fresh, ProcessReading stood, double microsPerCallSecond)
    {
        var ramp = Stopwatch.GetElapsedTime(fresh.At, stood.At).TotalSeconds;
        return ((stood.Total - fresh.Total).TotalMicroseconds / Plan.Calls) - (microsPerCallSecond * ramp / 2);
    }
}
