using System.Globalization;
using System.Runtime.CompilerServices;
using Bridge.Application.Options;

namespace Bridge.Api.Doctor;

/// <summary>A call needs file descriptors: may the process open enough of them for the calls it is to take?</summary>
internal sealed class FileExam(Patient patient, string limitsFile = FileExam.OwnLimits) : IExam
{
    private const string OwnLimits = "/proc/self/limits";

    /// <summary>Two sockets, and one for a session that takes the place of another.</summary>
    private const int PerCall = 3;

    /// <summary>The runtime, listening, webhooks, logs.</summary>
    private const int Spare = 256;

    public string Name => "file descriptors";

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(limitsFile))
            yield return Finding.Skipped("this system does not tell its limits in /proc");
        else if (Parse(await File.ReadAllTextAsync(limitsFile, cancellationToken)) is not { } limit)
            yield return Finding.Skipped($"{limitsFile} does not say how many files may be open");
        else
            yield return Weigh(limit, (patient.Starts ? patient.Options<BridgeOptions>() : new BridgeOptions()).MaxConcurrentCalls);
    }

    /// <summary>The soft limit on open files; null when there is no such line.</summary>
    internal static long? Parse(string limits)
    {
        const string Name = "Max open files";
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return soft == "unlimited" ? long.MaxValue : long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    private static Finding Weigh(long limit, int calls)
    {
        var fit = Math.Max(0, (limit - Spare) / PerCall);
        var files = limit == long.MaxValue ? "any number of" : limit.ToString(CultureInfo.InvariantCulture);
        if (calls == 0)
            return Finding.Ok($"{files} files may be open, enough for {(limit == long.MaxValue ? "any number of" : $"about {fit}")} calls; MAX_CONCURRENT_CALLS sets no limit");
        if (calls <= fit)
            return Finding.Ok($"{files} files may be open, enough for MAX_CONCURRENT_CALLS={calls}");
        var need = (calls * (long)PerCall) + Spare;
        return Finding.Warn(
            $"{limit} files may be open, enough for about {fit} calls; MAX_CONCURRENT_CALLS is {calls}",
            $"let the process open {need}: `ulimit -n {need}` in the shell that starts it, LimitNOFILE={need} in a systemd unit, --ulimit nofile={need} for docker; or set MAX_CONCURRENT_CALLS={fit}");
    }
}
