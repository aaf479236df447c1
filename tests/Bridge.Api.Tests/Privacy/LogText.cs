using System.Text;
using Serilog.Events;
using Serilog.Parsing;

namespace Bridge.Api.Tests.Privacy;

/// <summary>Everything that an event hands to a sink, whatever the sink makes of it.</summary>
internal static class LogText
{
    /// <summary>Template, properties as they are and as they are written, exception.</summary>
    public static string All(LogEvent e)
    {
        var text = new StringBuilder(e.MessageTemplate.Text).AppendLine();
        foreach (var (name, value) in e.Properties)
            Add(text.Append(name).Append('='), value);
        return text.AppendLine(e.RenderMessage(null)).Append(e.Exception).ToString();
    }

    /// <summary>A line for people: where it was written, and its beginning.</summary>
    public static string Show(LogEvent e)
    {
        var text = $"{e.Level} {Method(e)} {e.RenderMessage(null)} {{{string.Join(", ", e.Properties)}}} {e.Exception}";
        return text.Length <= 600 ? text : text[..600] + "…";
    }

    /// <summary>The name of the method that wrote it; null for a line of the framework's that has none.</summary>
    public static string? Method(LogEvent e) =>
        e.Properties.GetValueOrDefault("EventId") is StructureValue id ? (id.Properties.FirstOrDefault(p => p.Name == "Name")?.Value as ScalarValue)?.Value as string : null;

    /// <summary>May it hold what was said?</summary>
    public static bool IsSensitive(LogEvent e) => e.Level == LogEventLevel.Verbose && Method(e)?.EndsWith("Sensitive", StringComparison.Ordinal) == true;

    /// <summary>What one of our lines has beside its placeholders, and nobody has classified.</summary>
    public static IEnumerable<string> Unclassified(LogEvent e)
    {
        if ((e.Properties.GetValueOrDefault("SourceContext") as ScalarValue)?.Value is not string source || !source.StartsWith("Bridge.", StringComparison.Ordinal))
            return [];
        var placeholders = e.MessageTemplate.Tokens.OfType<PropertyToken>().Select(t => t.PropertyName);
        return e.Properties.Keys.Except(placeholders).Except(LogTable.Properties.Keys);
    }

    private static void Add(StringBuilder text, LogEventPropertyValue value)
    {
        switch (value)
        {
            case ScalarValue scalar:
                text.Append(scalar.Value).AppendLine();
                break;
            case StructureValue structure:
                foreach (var property in structure.Properties)
                    Add(text.Append(property.Name).Append('='), property.Value);
                break;
            case SequenceValue sequence:
                foreach (var element in sequence.Elements)
                    Add(text, element);
                break;
            case DictionaryValue dictionary:
                foreach (var (key, element) in dictionary.Elements)
                    Add(text.Append(key).Append('='), element);
                break;
        }
    }
}
