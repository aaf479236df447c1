using System.Globalization;
using System.Runtime.InteropServices;

namespace Bridge.Simulator.Load.Figures;

/// <summary>Where it was measured: figures of two machines cannot be compared, ratios nearly can.</summary>
internal sealed record Machine(int Cores, string Processor, string System, string Kernel, string Runtime)
{
    public static Machine Here() => new(
        Environment.ProcessorCount, ProcessorName(), RuntimeInformation.OSDescription, Environment.OSVersion.Version.ToString(), RuntimeInformation.FrameworkDescription);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cores} cores ({Processor}), {System}, kernel {Kernel}, {Runtime}");

    private static string ProcessorName()
    {
        try
        {
            // "model name      : AMD EPYC"
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal));
            return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
