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
            if (!variables.TryGetValue(setting.Variable, out var text) || string.IsNullOrWhiteSpace(text))
                continue;
            if (setting.Normalize(text) is { } value)
                values[setting.Key] = value;
            else
                _faults.Add($"{setting.Variable} is '{text}'; it must be {setting.MayBe}.");
        }

        configuration.AddInMemoryCollection(values);
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
}
