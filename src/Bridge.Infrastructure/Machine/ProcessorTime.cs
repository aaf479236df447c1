using System.Globalization;
using Bridge.Application.Abstractions;

namespace Bridge.Infrastructure.Machine;

/// <summary>What the operating system says of this process.</summary>
internal sealed class ProcessorTime : IProcessorTime
{
    /// <summary>Where Linux tells a container what it may have of the processor (cgroup v2).</summary>
    private const string QuotaFile = "/sys/fs/cgroup/cpu.max";

    public TimeSpan Used => Environment.CpuUsage.TotalTime;

    public double Cores { get; } = CoresOf(Environment.ProcessorCount, QuotaText());

    /// <summary>The runtime rounds a container's quota up to whole cores: one that may have half a core would never seem busy.</summary>
    /// <param name="processors">Cores that the runtime uses.</param>
    /// <param name="quota">Microseconds in a period, and the period's; <c>max</c> for no limit, null where there is none.</param>
    internal static double CoresOf(int processors, string? quota) =>
        quota?.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var most, var period]
        && double.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var of) && of > 0
        && double.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out var each) && each > 0
            ? Math.Min(processors, of / each)
            : processors;

    private static string? QuotaText()
    {
        try
        {
            return File.Exists(QuotaFile) ? File.ReadAllText(QuotaFile) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
