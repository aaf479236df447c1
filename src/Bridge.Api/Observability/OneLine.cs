using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.Observability;

/// <summary>
/// An event is one line, and an exception's lines are marked as its own: text from outside cannot begin a line that looks like
/// ours. Control characters in a value are shown as what they are. The framework's own note of a request's path is left out: it
/// has a stream's token in it.
/// </summary>
internal sealed class OneLine : ILogEventEnricher
{
    /// <summary>The exception, each line with a bar before it.</summary>
    public const string Fault = "Fault";

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        logEvent.RemovePropertyIfPresent("RequestPath");
        List<LogEventProperty>? shown = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: string text } && text.Any(IsControl))
                (shown ??= []).Add(new LogEventProperty(name, new ScalarValue(Show(text))));
        }

        foreach (var property in shown ?? [])
            logEvent.AddOrUpdateProperty(property);
        var fault = logEvent.Exception is { } e
            ? string.Concat(e.ToString().Split('\n').Select(line => $"  | {Show(line.TrimEnd('\r'))}{Environment.NewLine}"))
            : "";
        logEvent.AddPropertyIfAbsent(new LogEventProperty(Fault, new ScalarValue(fault)));
    }

    private static string Show(string text) =>
        text.Any(IsControl) ? string.Concat(text.Select(c => IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;

    /// <summary>The separators of lines and paragraphs too, which some terminals and tools break at.</summary>
    private static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
