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
    /// <exception cref="EnvironmentFileException">There is a file, and it cannot be read.</exception>
    public static Dictionary<string, string> Load(IDictionary process, string directory)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Find(directory) is { } file)
        {
            foreach (var (name, value) in Read(file))
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

    private static IDictionary<string, string> Read(string file)
    {
        try
        {
            return DotEnv.Fluent().WithEnvFiles(file).WithExceptions().WithTrimValues().WithoutProbeForEnv().Read();
        }
        catch (Exception e)
        {
            throw new EnvironmentFileException($"{file} cannot be read: {e.Message}", e);
        }
    }

    private static void Set(Dictionary<string, string> variables, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            variables[name] = value;
    }
}

/// <summary>The file <c>.env</c> cannot be read.</summary>
internal sealed class EnvironmentFileException(string message, Exception innerException) : Exception(message, innerException);
