using System.Collections;
using dotenv.net;

namespace Bridge.Api.Configuration;

/// <summary>The variables the service starts with: those of the process, and of the nearest <c>.env</c>.</summary>
internal static class EnvironmentFile
{
    /// <summary>
    /// The process's own variables over those of the file <c>.env</c> in <paramref name="directory"/> or its nearest parent
    /// that has one. An empty value means "not set", in either place.
    /// </summary>
    public static Dictionary<string, string> Load(IDictionary process, string directory)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Find(directory) is { } file)
        {
            foreach (var (name, value) in DotEnv.Fluent().WithEnvFiles(file).WithTrimValues().WithoutProbeForEnv().Read())
                Set(variables, name.StartsWith("export ", StringComparison.Ordinal) ? name["export ".Length..].Trim() : name, value);
        }

        foreach (DictionaryEntry variable in process)
            Set(variables, (string)variable.Key, variable.Value as string);
        return variables;
    }

    /// <summary>The path of the nearest <c>.env</c>; null when there is none.</summary>
    public static string? Find(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, ".env");
            if (File.Exists(file))
                return file;
        }

        return null;
    }

    private static void Set(Dictionary<string, string> variables, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            variables[name] = value;
    }
}
