using Bridge.Api.Configuration;

namespace Bridge.Api.Doctor;

/// <summary>Variables that look like ours and are none: a slip in a name is a setting that silently stays as it was.</summary>
internal static class UnreadVariables
{
    /// <summary>Whoever sets one of these means Bridge, or something it talks to.</summary>
    private static readonly string[] Prefixes = ["OPENAI_", "TWILIO_", "BRIDGE_", "REALTIME_", "STREAM_TOKEN", "MAX_CALL", "MAX_CONCURRENT", "IDLE_"];

    /// <summary>Below this length a likeness is an accident: HOME is not HOST.</summary>
    private const int ShortestAlike = 8;

    /// <summary>One finding for each. Names only: a value in the wrong place may be a secret.</summary>
    public static IEnumerable<Finding> Of(IReadOnlyDictionary<string, string> variables)
    {
        var known = Setting.All.SelectMany(s => new[] { s.Variable, s.FileVariable }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var name in variables.Keys.Where(n => !known.Contains(n)).Order(StringComparer.Ordinal))
        {
            var shown = OutsideText.Clean(name);
            if (Section(name) is { } section)
            {
                // The framework reads these from the environment; .env is read by us, for the flat names alone.
                if (Environment.GetEnvironmentVariable(name) is null)
                    yield return Finding.Warn($"{shown} does nothing in .env: names with a double underscore, here of section {section}, are read from the real environment alone", "set it in the environment of the process");
                continue;
            }

            var meant = Likeness.Nearest(name, known);
            if (Prefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)) || (name.Length >= ShortestAlike && meant is not null))
                yield return Finding.Warn($"{shown} is set, and nothing reads it", meant is null ? "take it out if it was meant for Bridge" : $"did you mean {meant}?");
        }
    }

    /// <summary>The section of a name as the framework spells keys: <c>Bridge__SendTimeout</c>.</summary>
    private static string? Section(string name)
    {
        var end = name.IndexOf("__", StringComparison.Ordinal);
        return end <= 0 ? null : Setting.All.Select(s => s.Key.Split(':')[0]).FirstOrDefault(s => s.Equals(name[..end], StringComparison.OrdinalIgnoreCase));
    }
}
