using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Configuration;

/// <summary>Says why the service does not start: every fault of its settings in one message, and no stack trace.</summary>
/// <param name="Message">For people.</param>
/// <param name="ExitCode">For whoever restarts it: 78 when it would not help (EX_CONFIG of sysexits.h), else 1.</param>
internal sealed record StartFault(string Message, int ExitCode)
{
    private const int ConfigurationFault = 78;

    /// <summary>What stopped the start; null when it was something else, which should be seen whole.</summary>
    public static StartFault? Explain(Exception exception)
    {
        if (exception is EnvironmentFileException)
            return new StartFault($"Bridge does not start: {exception.Message}", ConfigurationFault);
        if (exception is IOException or SocketException or InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" })
            return new StartFault($"Bridge does not start, it cannot listen: {exception.Message.TrimEnd('.')}. HOST and PORT say where.", 1);
        var faults = Faults(exception).Distinct().ToList();
        return faults.Count == 0
            ? null
            : new StartFault($"Bridge does not start. {faults.Count} setting(s) to mend:{string.Concat(faults.Select(f => $"{Environment.NewLine}  - {f}"))}", ConfigurationFault);
    }

    /// <summary>The faults of the settings, a sentence each; none when it was something else.</summary>
    public static IEnumerable<string> Faults(Exception exception) => exception switch
    {
        OptionsValidationException invalid => invalid.Failures.Select(Sentence),
        AggregateException several => several.InnerExceptions.SelectMany(Faults),
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unbindable => [unbindable.Message],
        _ => [],
    };

    /// <summary>The framework wraps an attribute's sentence in one of its own; ours names the variable and what it may be.</summary>
    private static string Sentence(string failure)
    {
        const string Before = "with the error: '";
        var at = failure.IndexOf(Before, StringComparison.Ordinal);
        return at < 0 ? failure : failure[(at + Before.Length)..].TrimEnd('.').TrimEnd('\'');
    }
}
