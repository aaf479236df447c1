using System.Globalization;

namespace Bridge.Api.Configuration;

/// <summary>What a variable's text must be before it can become a value at all; ranges are checked where the value lives.</summary>
internal enum SettingKind
{
    Text,
    Word,
    Number,
    WholeNumber,
    Seconds,
    Switch,
    Address,

    /// <summary>Text that nobody may see; it may come from a file instead.</summary>
    Secret,
}

/// <summary>One variable of the environment and where its value goes.</summary>
/// <param name="Variable">Its name; a contract with everyone who has a <c>.env</c>.</param>
/// <param name="Key">The configuration key.</param>
/// <param name="Kind">What the text must be.</param>
/// <param name="MayBe">The same in words, for the message of a fault.</param>
internal sealed record Setting(string Variable, string Key, SettingKind Kind, string MayBe = "")
{
    /// <summary>Every variable that Bridge reads.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("OPENAI_API_KEY", "OpenAI:ApiKey", SettingKind.Secret),
        new("OPENAI_REALTIME_MODEL", "OpenAI:Model", SettingKind.Text),
        new("OPENAI_REALTIME_URL", "OpenAI:Endpoint", SettingKind.Address, "an address like wss://api.openai.com/v1/realtime"),
        new("OPENAI_TEMPERATURE", "Assistant:Temperature", SettingKind.Number, "a number from 0 to 2"),
        new("OPENAI_RESPONSE_VOICE", "Assistant:Voice", SettingKind.Text),
        new("OPENAI_SYSTEM_PROMPT", "Assistant:Instructions", SettingKind.Text),
        new("OPENAI_TRANSCRIPTION_MODEL", "OpenAI:TranscriptionModel", SettingKind.Text),
        new("OPENAI_LOG_EVENT_TYPES", "OpenAI:LogEventTypes", SettingKind.Text),
        new("OPENAI_SHOW_TIMING_MATH", "Bridge:LogTiming", SettingKind.Switch, "1, true, yes or on, or 0, false, no or off"),
        new("TWILIO_AUTH_TOKEN", "Twilio:AuthToken", SettingKind.Secret),
        new("TWILIO_ACCOUNT_SID", "Twilio:AccountSid", SettingKind.Text),
        new("TWILIO_VALIDATE_SIGNATURES", "Twilio:ValidateSignatures", SettingKind.Switch, "1, true, yes or on, or 0, false, no or off"),
        new("STREAM_TOKEN_KEYS", "Admission:StreamTokenKeys", SettingKind.Secret),
        new("TRUSTED_PROXIES", "Server:TrustedProxies", SettingKind.Text),
        new("MAX_CALL_SETUPS_PER_SECOND", "Admission:MaxSetupsPerSecond", SettingKind.WholeNumber, "a whole number from 0 (no limit) to 100000"),
        new("MAX_CALLS_PER_NUMBER", "Admission:MaxCallsPerNumber", SettingKind.WholeNumber, "a whole number from 0 (no limit) to 100000"),
        new("MAX_CALLS_PER_NUMBER_PER_HOUR", "Admission:MaxCallsPerNumberPerHour", SettingKind.WholeNumber, "a whole number from 0 (no limit) to 1000000"),
        new("CALLER_CONTEXT", "Assistant:CallerContext", SettingKind.Switch, "1, true, yes or on, or 0, false, no or off"),
        new("TWILIO_INTRO_VOICE", "Twilio:IntroVoice", SettingKind.Text),
        new("TWILIO_INTRO_TEXT", "Twilio:IntroText", SettingKind.Text),
        new("PUBLIC_BASE_URL", "Twilio:PublicBaseUrl", SettingKind.Address, "an address like https://bridge.example.com"),
        new("REALTIME_PROVIDER", "Bridge:Provider", SettingKind.Word),
        new("MAX_CONCURRENT_CALLS", "Bridge:MaxConcurrentCalls", SettingKind.WholeNumber, "a whole number from 0 (no limit) to 100000"),
        new("REPLICAS", "Bridge:Replicas", SettingKind.WholeNumber, "a whole number from 1 to 10000"),
        new("MAX_CALL_DURATION", "Bridge:Patience:MaxCallDuration", SettingKind.Seconds, "a number of seconds from 0 (no limit) to 86400"),
        new("IDLE_ASK_AFTER", "Bridge:Patience:IdleAskAfter", SettingKind.Seconds, "a number of seconds from 0 (off) to 86400"),
        new("IDLE_END_AFTER", "Bridge:Patience:IdleEndAfter", SettingKind.Seconds, "a number of seconds from 0 (off) to 86400"),
        new("DRAIN_TIMEOUT", "Bridge:DrainTimeout", SettingKind.Seconds, "a number of seconds from 0 to 86400"),
        new("FALLBACK_PHONE_NUMBER", "Twilio:FallbackPhoneNumber", SettingKind.Text),
        new("TWILIO_BUSY_TEXT", "Twilio:BusyText", SettingKind.Text),
        new("UPLINK_BATCH_MS", "Bridge:CallerAudio:UplinkBatchMs", SettingKind.Word),
        new("FILLER_CLIP", "Recordings:Filler", SettingKind.Text),
        new("SAY_AGAIN_CLIP", "Recordings:SayAgain", SettingKind.Text),
        new("HOST", "Server:Host", SettingKind.Text),
        new("PORT", "Server:Port", SettingKind.WholeNumber, "a whole number from 0 (any free port) to 65535"),
        new("LOG_LEVEL", "Server:LogLevel", SettingKind.Word),
    ];

    /// <summary>The variable that names a file with the value; null for what is no secret.</summary>
    public string? FileVariable => Kind == SettingKind.Secret ? Variable + "_FILE" : null;

    /// <summary>The configuration's text for a variable's text; null when it cannot be one.</summary>
    public string? Normalize(string text)
    {
        text = text.Trim();
        return Kind switch
        {
            SettingKind.Word => text.ToLowerInvariant(),
            SettingKind.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => text,
            SettingKind.WholeNumber when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) => text,
            SettingKind.Seconds when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1e9 =>
                TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture),
            SettingKind.Switch => text.ToLowerInvariant() switch
            {
                "1" or "true" or "yes" or "on" => "true",
                "0" or "false" or "no" or "off" => "false",
                _ => null,
            },
            SettingKind.Address when Uri.TryCreate(text, UriKind.Absolute, out _) => text,
            SettingKind.Text or SettingKind.Secret => text,
            _ => null,
        };
    }
}
