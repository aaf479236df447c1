using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Options;

/// <summary>The persona, which survives a change of provider.</summary>
public sealed class AssistantOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Assistant";

    /// <summary>Who the assistant is (<c>OPENAI_SYSTEM_PROMPT</c>).</summary>
    [Required(ErrorMessage = "OPENAI_SYSTEM_PROMPT must say who the assistant is.")]
    [StringLength(60_000, ErrorMessage = "OPENAI_SYSTEM_PROMPT must be at most 60000 characters.")]
    public string Instructions { get; set; } = "";

    /// <summary>Is the model told who calls (<c>CALLER_CONTEXT</c>)? As an item of its own, never within <see cref="Instructions"/>: a caller can choose a name.</summary>
    public bool CallerContext { get; set; }

    /// <summary>What the first response is for. It is no turn of the caller's.</summary>
    [Required(ErrorMessage = "Assistant:Greeting must say what the first response is for.")]
    public string Greeting { get; set; } = "";

    /// <summary>What is said when an answer was cut by a failure, and taken up again.</summary>
    [Required(ErrorMessage = "Assistant:TakeUp must say what to do when an answer was cut by a failure.")]
    public string TakeUp { get; set; } = "";

    /// <summary>What is said when the caller spoke while the model was gone.</summary>
    [Required(ErrorMessage = "Assistant:HearAgain must say what to do when the caller's words may have been lost.")]
    public string HearAgain { get; set; } = "";

    /// <summary>What is said to a caller who is silent.</summary>
    [Required(ErrorMessage = "Assistant:StillThere must say what to do when the caller is silent.")]
    public string StillThere { get; set; } = "";

    /// <summary>What is said before a call is ended.</summary>
    [Required(ErrorMessage = "Assistant:Goodbye must say what to do before a call is ended.")]
    public string Goodbye { get; set; } = "";

    /// <summary>What is said when a filter stopped an answer.</summary>
    [Required(ErrorMessage = "Assistant:Filtered must say what to do when a filter stopped an answer.")]
    public string Filtered { get; set; } = "";

    /// <summary>The provider's name of a voice (<c>OPENAI_RESPONSE_VOICE</c>).</summary>
    [RegularExpression("[A-Za-z0-9_-]{1,64}", ErrorMessage = "OPENAI_RESPONSE_VOICE must be a voice's name: letters, digits, _ and -, for example alloy or marin.")]
    public string Voice { get; set; } = "alloy";

    /// <summary>Randomness, 0 to 2 (<c>OPENAI_TEMPERATURE</c>); null when not set. Only providers that have it are told.</summary>
    [Range(0.0, 2.0, ErrorMessage = "OPENAI_TEMPERATURE must be a number from 0 to 2.")]
    public double? Temperature { get; set; }

    /// <summary>When the caller's turn begins and ends.</summary>
    [ValidateObjectMembers]
    public TurnDetectionOptions TurnDetection { get; set; } = new();
}

/// <summary>Voice activity detection: when the caller's turn begins and ends. Always sent in full: a provider's defaults have changed before.</summary>
public sealed class TurnDetectionOptions
{
    /// <summary>How sure the detector must be that it hears speech, 0 to 1. Higher for noisy lines.</summary>
    [Range(0.0, 1.0, ErrorMessage = "Assistant:TurnDetection:Threshold must be a number from 0 to 1.")]
    public double Threshold { get; set; } = 0.5;

    /// <summary>Milliseconds of audio before the detected speech that belong to the turn.</summary>
    [Range(0, 5000, ErrorMessage = "Assistant:TurnDetection:PrefixPaddingMs must be from 0 to 5000.")]
    public int PrefixPaddingMs { get; set; } = 300;

    /// <summary>Milliseconds of silence that end the caller's turn. Shorter answers faster and cuts in on pauses.</summary>
    [Range(50, 10_000, ErrorMessage = "Assistant:TurnDetection:SilenceDurationMs must be from 50 to 10000.")]
    public int SilenceDurationMs { get; set; } = 500;
}
