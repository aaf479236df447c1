using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Options;

namespace Bridge.Api.Doctor;

/// <summary>Settings that are right by themselves and come to nothing, or to no good, beside others.</summary>
internal static class FruitlessSettings
{
    /// <summary>Seconds of an intro after which callers wonder.</summary>
    private const double LongIntro = 30;

    /// <summary>One finding for each.</summary>
    public static IEnumerable<Finding> Of(Patient patient)
    {
        var notes = patient.Get<IEnumerable<IProviderNotes>>().SelectMany(p => p.Notes()).Select(n => Finding.Warn(OutsideText.Clean(n.Found, 300), n.Mend));
        return [.. notes, .. Door(patient), .. Words(patient), .. Unheard(patient)];
    }

    /// <summary>Who gets in.</summary>
    private static IEnumerable<Finding> Door(Patient patient)
    {
        var twilio = patient.Options<TwilioOptions>();
        if (!twilio.ValidateSignatures)
            yield return Finding.Warn("TWILIO_VALIDATE_SIGNATURES is off: whoever finds the address can hold conversations on your key", "switch it on, unless something in front of the service checks Twilio's signature");
        else if (twilio.AuthTokens.Count == 0)
            yield return Finding.Warn("TWILIO_AUTH_TOKEN is not set: in Development the service starts without it, and whoever finds the address can use it", "set it; the Twilio console shows it on its first page");
        if (twilio.PublicBaseUrl is { Scheme: "http" })
            yield return Finding.Warn("PUBLIC_BASE_URL is an http address of this machine: Twilio cannot reach it", "set the https address that the Twilio console has for this service, without /incoming-call");
        var replicas = patient.Options<BridgeOptions>().Replicas;
        if (replicas > 1 && patient.Options<AdmissionOptions>().StreamTokenKeys is null)
            yield return Finding.Fail($"REPLICAS is {replicas} and STREAM_TOKEN_KEYS is not set: each replica makes up a key of its own, and refuses the streams of calls that another one answered", "set STREAM_TOKEN_KEYS to the same keys in all of them; `openssl rand -hex 32` makes one");
    }

    /// <summary>What callers hear, and when.</summary>
    private static IEnumerable<Finding> Words(Patient patient)
    {
        var (bridge, twilio) = (patient.Options<BridgeOptions>(), patient.Options<TwilioOptions>());
        if (twilio.IntroSeconds > LongIntro)
            yield return Finding.Warn($"TWILIO_INTRO_TEXT takes about {twilio.IntroSeconds:0} s to say, and so long the caller cannot say anything", "shorten it, or say it off and let the model say it");
        var (ask, end) = (bridge.Patience.IdleAskAfter, bridge.Patience.IdleEndAfter);
        if (ask > TimeSpan.Zero && end > TimeSpan.Zero && end <= ask)
            yield return Finding.Warn($"IDLE_ASK_AFTER ({ask.TotalSeconds:0.#} s) does nothing: a silent caller is let go after IDLE_END_AFTER ({end.TotalSeconds:0.#} s)", "make IDLE_END_AFTER the longer one");
    }

    /// <summary>Settings of something that is not there.</summary>
    private static IEnumerable<Finding> Unheard(Patient patient)
    {
        var provider = patient.Options<BridgeOptions>().Provider;
        if (provider == "echo" && patient.Variables.Keys.Where(IsForAModel).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unused)
            yield return Finding.Warn($"{string.Join(", ", unused)}: without effect while REALTIME_PROVIDER is echo", "set REALTIME_PROVIDER=openai, or take them out");
        var level = patient.Options<Configuration.ServerOptions>().LogLevel;
        string[] debugOnly = ["OPENAI_SHOW_TIMING_MATH", "OPENAI_LOG_EVENT_TYPES"];
        if (level is not ("debug" or "trace") && debugOnly.Where(patient.Variables.ContainsKey).ToList() is { Count: > 0 } unseen)
            yield return Finding.Warn($"{string.Join(" and ", unseen)}: seen only in the log's level debug, and LOG_LEVEL is {level}", "set LOG_LEVEL=debug, or take it out");
    }

    private static bool IsForAModel(string variable) =>
        variable.StartsWith("OPENAI_", StringComparison.Ordinal) && Configuration.Setting.All.Any(s => s.Variable == variable);
}
