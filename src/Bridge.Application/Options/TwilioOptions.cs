using System.ComponentModel.DataAnnotations;
using Bridge.Application.IncomingCalls;
using FluentValidation;

namespace Bridge.Application.Options;

/// <summary>What Twilio is told: where we are, and what the caller hears before and after the model.</summary>
public sealed class TwilioOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Twilio";

    /// <summary>The address under which Twilio reaches this service (<c>PUBLIC_BASE_URL</c>); null: the request's own Host.</summary>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>
    /// The account's authentication token, with which Twilio signs; several, separated by commas, while it is being changed
    /// (<c>TWILIO_AUTH_TOKEN</c>).
    /// </summary>
    public Secret? AuthToken { get; set; }

    /// <summary>The accounts whose calls are taken, separated by commas; empty: all that sign with our token (<c>TWILIO_ACCOUNT_SID</c>).</summary>
    [RegularExpression(@"\s*(AC[0-9a-fA-F]{32}\s*(,\s*AC[0-9a-fA-F]{32}\s*)*)?", ErrorMessage = "TWILIO_ACCOUNT_SID must be AC followed by 32 hexadecimal digits; several are separated by commas.")]
    public string AccountSid { get; set; } = "";

    /// <summary>Is it checked that requests and streams come from Twilio (<c>TWILIO_VALIDATE_SIGNATURES</c>)? Needs <see cref="AuthToken"/>.</summary>
    public bool ValidateSignatures { get; set; } = true;

    /// <summary>The tokens of <see cref="AuthToken"/>.</summary>
    public IReadOnlyList<Secret> AuthTokens => AuthToken?.Split() ?? [];

    /// <summary>The accounts of <see cref="AccountSid"/>.</summary>
    public IReadOnlyList<string> AccountSids => AccountSid.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The voice of spoken sentences (<c>TWILIO_INTRO_VOICE</c>).</summary>
    [RegularExpression("[A-Za-z0-9_.-]{1,100}", ErrorMessage = "TWILIO_INTRO_VOICE must be a Twilio voice's name, for example Polly.Joanna-Neural or Google.en-US-Chirp3-HD-Aoede.")]
    public string IntroVoice { get; set; } = "Google.en-US-Chirp3-HD-Aoede";

    /// <summary>The sentence before the model speaks (<c>TWILIO_INTRO_TEXT</c>); <c>off</c> for none.</summary>
    [StringLength(3000, ErrorMessage = "TWILIO_INTRO_TEXT must be at most 3000 characters, or off.")]
    public string IntroText { get; set; } = "";

    /// <summary>The sentence after the media stream, when our side closed it.</summary>
    [StringLength(3000, ErrorMessage = "Twilio:ApologyText must be at most 3000 characters.")]
    public string ApologyText { get; set; } = "";

    /// <summary>Said before a call is handed over to <see cref="FallbackPhoneNumber"/>.</summary>
    [StringLength(3000, ErrorMessage = "Twilio:TransferText must be at most 3000 characters.")]
    public string TransferText { get; set; } = "";

    /// <summary>Said before a call is ended that the model could not say goodbye to.</summary>
    [StringLength(3000, ErrorMessage = "Twilio:GoodbyeText must be at most 3000 characters.")]
    public string GoodbyeText { get; set; } = "";

    /// <summary>Said instead of the busy tone when a call is turned away (<c>TWILIO_BUSY_TEXT</c>); empty for the tone, which costs nothing.</summary>
    [StringLength(3000, ErrorMessage = "TWILIO_BUSY_TEXT must be at most 3000 characters.")]
    public string BusyText { get; set; } = "";

    /// <summary>Who is called when the model is lost for good (<c>FALLBACK_PHONE_NUMBER</c>); empty for nobody.</summary>
    [RegularExpression(@"(\+[1-9][0-9]{5,14})?", ErrorMessage = "FALLBACK_PHONE_NUMBER must be a number like +15551234567: a plus, the country, no spaces.")]
    public string FallbackPhoneNumber { get; set; } = "";

    /// <summary>About how long the intro takes: a voice says some 14 characters a second.</summary>
    public double IntroSeconds => HasIntro ? IntroText.Length / 14.0 : 0;

    /// <summary>Is a sentence spoken before the model?</summary>
    public bool HasIntro => IntroText.Length > 0 && !IntroText.Equals("off", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Checks what an attribute cannot say.</summary>
public sealed class TwilioOptionsRules : AbstractValidator<TwilioOptions>
{
    /// <summary>Twilio connects to <c>wss</c> only, so plain <c>http</c> makes sense for a trial on this machine alone.</summary>
    public TwilioOptionsRules()
    {
        RuleFor(o => o.IntroText).Must(TwimlDocument.CanSay).WithMessage("TWILIO_INTRO_TEXT must be text that XML can hold: no control characters.");
        RuleFor(o => o.BusyText).Must(TwimlDocument.CanSay).WithMessage("TWILIO_BUSY_TEXT must be text that XML can hold: no control characters.");
        RuleFor(o => o.TransferText).Must(TwimlDocument.CanSay).WithMessage("Twilio:TransferText must be text that XML can hold: no control characters.");
        RuleFor(o => o.GoodbyeText).Must(TwimlDocument.CanSay).WithMessage("Twilio:GoodbyeText must be text that XML can hold: no control characters.");
        RuleFor(o => o.ApologyText).Must(TwimlDocument.CanSay).WithMessage("Twilio:ApologyText must be text that XML can hold: no control characters.");
        RuleFor(o => o.AuthToken)
            .Must(token => token is null || (token.Split() is { Count: > 0 } all && all.All(IsToken)))
            .WithMessage("TWILIO_AUTH_TOKEN must be the token as the Twilio console shows it, without spaces; several are separated by commas.");
        RuleFor(o => o.PublicBaseUrl)
            .Must(url => url is null || IsPublicBase(url))
            .WithMessage("PUBLIC_BASE_URL must be an address like https://bridge.example.com or https://example.com/voice: https (http only for this machine), no query, no user name.");
    }

    private static bool IsToken(Secret token) => token.Reveal().All(c => c is > ' ' and <= '~');

    private static bool IsPublicBase(Uri url) =>
        url.IsAbsoluteUri
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url is { Query: "", Fragment: "", UserInfo: "" };
}
