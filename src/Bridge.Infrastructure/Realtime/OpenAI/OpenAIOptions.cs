using System.ComponentModel.DataAnnotations;
using Bridge.Application.Options;
using FluentValidation;
using Microsoft.Extensions.Configuration;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>Where the model is and how to get in.</summary>
internal sealed class OpenAIOptions
{
    public const string Section = "OpenAI";

    /// <summary>A delta is a few KB; a response's end repeats its whole transcript.</summary>
    public const int DefaultMaxMessageBytes = 1024 * 1024;

    /// <summary>The key (<c>OPENAI_API_KEY</c>). A secret: it goes into one header and nowhere else.</summary>
    public Secret? ApiKey { get; set; }

    /// <summary>The model (<c>OPENAI_REALTIME_MODEL</c>).</summary>
    [Required(ErrorMessage = "OPENAI_REALTIME_MODEL must name a model.")]
    [RegularExpression("[A-Za-z0-9._:/-]{1,100}", ErrorMessage = "OPENAI_REALTIME_MODEL must be a model's name, for example gpt-realtime-2.1.")]
    public string Model { get; set; } = OpenAIModels.Current;

    /// <summary>The endpoint (<c>OPENAI_REALTIME_URL</c>).</summary>
    [Required(ErrorMessage = "OPENAI_REALTIME_URL must be the address of the realtime endpoint.")]
    public Uri Endpoint { get; set; } = new("wss://api.openai.com/v1/realtime");

    /// <summary>A second model that writes down what the caller says; empty for none (<c>OPENAI_TRANSCRIPTION_MODEL</c>).</summary>
    [RegularExpression("[A-Za-z0-9._:/-]{0,100}", ErrorMessage = "OPENAI_TRANSCRIPTION_MODEL must be a model's name, for example gpt-transcribe, or empty for none.")]
    public string TranscriptionModel { get; set; } = "";

    /// <summary>Comma-separated types of server events that are logged at Debug (<c>OPENAI_LOG_EVENT_TYPES</c>).</summary>
    [RegularExpression("[A-Za-z0-9._, -]*", ErrorMessage = "OPENAI_LOG_EVENT_TYPES must be event types separated by commas, for example error,response.done.")]
    public string LogEventTypes { get; set; } = "";

    /// <summary>A ping is sent after this much quiet on the wire, and must be answered within as much.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "OpenAI:KeepAlive must be from 1 s to 5 min.")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of one message of the model's; a larger one ends the session.</summary>
    [Range(16 * 1024, 64 * 1024 * 1024, ErrorMessage = "OpenAI:MaxMessageBytes must be from 16384 to 67108864.")]
    public int MaxMessageBytes { get; set; } = DefaultMaxMessageBytes;
}

internal sealed class OpenAIOptionsRules : AbstractValidator<OpenAIOptions>
{
    public OpenAIOptionsRules(IConfiguration configuration)
    {
        RuleFor(o => o.ApiKey)
            .Must(key => key is { IsEmpty: false })
            .When(_ => configuration["Bridge:Provider"] == OpenAIRegistration.Name)
            .WithMessage("OPENAI_API_KEY must be set while REALTIME_PROVIDER is openai. REALTIME_PROVIDER=echo needs none.");
        RuleFor(o => o.ApiKey)
            .Must(key => key is null || (key.Reveal() is { Length: <= 512 } text && text.All(c => c is > ' ' and <= '~')))
            .WithMessage("OPENAI_API_KEY must be a key as OpenAI issues it: printable characters, no spaces.");
        RuleFor(o => o.Endpoint)
            .Must(url => url is null || IsEndpoint(url))
            .WithMessage("OPENAI_REALTIME_URL must be an address like wss://api.openai.com/v1/realtime; ws:// only for this machine (localhost, 127.0.0.1, ::1).");
    }

    /// <summary>A key must not cross a network in the clear.</summary>
    private static bool IsEndpoint(Uri url) =>
        url.IsAbsoluteUri && url is { UserInfo: "", Fragment: "" } && (url.Scheme == Uri.UriSchemeWss || (url.Scheme == Uri.UriSchemeWs && url.IsLoopback));
}
