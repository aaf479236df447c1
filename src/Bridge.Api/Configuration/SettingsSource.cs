using Microsoft.Extensions.Options;

namespace Bridge.Api.Configuration;

/// <summary>Turns variables into configuration, and remembers those that cannot be any.</summary>
internal sealed class SettingsSource : IValidateOptions<ServerOptions>
{
    private readonly List<string> _faults = [];

    /// <summary>Adds the variables over all other configuration.</summary>
    public SettingsSource(IReadOnlyDictionary<string, string> variables, ConfigurationManager configuration, bool isDevelopment)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in Setting.All)
        {
            if (TextOf(setting, variables) is not { } text)
                continue;
            if (setting.Normalize(text) is { } value)
                values[setting.Key] = value;
            else
                _faults.Add($"{setting.Variable} is '{text}'; it must be {setting.MayBe}.");
        }

        configuration.AddInMemoryCollection(values);
        if (IsOn(configuration["ForwardedHeaders_Enabled"]) || IsOn(variables.GetValueOrDefault("ASPNETCORE_FORWARDEDHEADERS_ENABLED")))
            _faults.Add("ASPNETCORE_FORWARDEDHEADERS_ENABLED must not be set: it believes the X-Forwarded headers of everybody. TRUSTED_PROXIES says whose are believed.");
        if (!string.IsNullOrEmpty(configuration["Bridge:Provider"]))
            return;
        EchoForWantOfKey = isDevelopment && string.IsNullOrEmpty(configuration["OpenAI:ApiKey"]);
        configuration["Bridge:Provider"] = EchoForWantOfKey ? "echo" : "openai";
    }

    /// <summary>No provider was chosen, this is Development and there is no key: calls are answered by an echo.</summary>
    public bool EchoForWantOfKey { get; }

    /// <summary>Reports the variables that could not become values together with all other faults.</summary>
    public ValidateOptionsResult Validate(string? name, ServerOptions options) =>
        _faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_faults);

    /// <summary>A variable's value, or that of the file it names; null when it is not set.</summary>
    private string? TextOf(Setting setting, IReadOnlyDictionary<string, string> variables)
    {
        var text = variables.GetValueOrDefault(setting.Variable);
        if (setting.FileVariable is not { } fileVariable || !variables.TryGetValue(fileVariable, out var file) || string.IsNullOrWhiteSpace(file))
            return string.IsNullOrWhiteSpace(text) ? null : text;
        if (!string.IsNullOrWhiteSpace(text))
            _faults.Add($"{setting.Variable} and {fileVariable} are both set; only one of them may be.");
        try
        {
            var content = File.ReadAllText(file.Trim()).Trim();
            if (content.Length == 0)
                _faults.Add($"{fileVariable} names a file that is empty.");
            return content.Length == 0 ? null : content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Not the exception's words: they have the path, and who took this variable for the other wrote the secret there.
            _faults.Add($"{fileVariable} names a file that {(e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "cannot be read")}.");
            return null;
        }
    }

    private static bool IsOn(string? text) => text?.Trim().ToLowerInvariant() is "true" or "1";
}
