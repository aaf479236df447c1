namespace Bridge.Simulator.Commands;

/// <summary>The variables of the user's environment that could change what a bridge does; the demo's has none but its own.</summary>
internal static class BridgeVariables
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "HOST", "PORT", "LOG_LEVEL", "MAX_CONCURRENT_CALLS", "PUBLIC_BASE_URL", "REALTIME_PROVIDER",
        "REPLICAS", "MAX_CALL_DURATION", "IDLE_ASK_AFTER", "IDLE_END_AFTER", "DRAIN_TIMEOUT", "FALLBACK_PHONE_NUMBER",
        "FILLER_CLIP", "SAY_AGAIN_CLIP", "UPLINK_BATCH_MS",
        "STREAM_TOKEN_KEYS", "STREAM_TOKEN_KEYS_FILE", "TRUSTED_PROXIES", "CALLER_CONTEXT",
        "MAX_CALL_SETUPS_PER_SECOND", "MAX_CALLS_PER_NUMBER", "MAX_CALLS_PER_NUMBER_PER_HOUR",
        "ENVIRONMENT", "CONTENTROOT", "WEBROOT", "URLS", "HTTP_PORTS", "HTTPS_PORTS", "PREFERHOSTINGURLS", "ALLOWEDHOSTS",
        "HOSTINGSTARTUPASSEMBLIES", "FORWARDEDHEADERS_ENABLED",
    };

    private static readonly string[] Families = ["OPENAI_", "TWILIO_", "REALTIME_", "BRIDGE_", "ASSISTANT_", "SERILOG_", "ASPNETCORE_"];

    // Sections of the configuration, of which SECTION__KEY sets a value.
    private static readonly string[] Sections = ["SERVER", "BRIDGE", "ASSISTANT", "TWILIO", "OPENAI", "RECORDINGS", "SERILOG", "LOGGING", "KESTREL"];

    /// <summary>Whether a variable is one of these, in whatever case: configuration knows none.</summary>
    public static bool Contains(string name) =>
        Names.Contains(name)
        || Families.Any(family => Begins(name, family))
        || Sections.Any(section => Begins(name, section + "__") || Begins(name, section + ":"))
        || (Begins(name, "DOTNET_") && Contains(name["DOTNET_".Length..]));

    private static bool Begins(string name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}
