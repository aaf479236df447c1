using FluentValidation;

namespace Bridge.Infrastructure.Recordings;

/// <summary>Files to play instead of the recordings that come with the service.</summary>
internal sealed class RecordingOptions
{
    public const string Section = "Recordings";

    /// <summary>Instead of "One moment, please" (<c>FILLER_CLIP</c>); empty for that.</summary>
    public string Filler { get; set; } = "";

    /// <summary>Instead of "I did not get that" (<c>SAY_AGAIN_CLIP</c>); empty for that.</summary>
    public string SayAgain { get; set; } = "";
}

/// <summary>A recording that cannot be played is found at start, not when it is needed.</summary>
internal sealed class RecordingOptionsRules : AbstractValidator<RecordingOptions>
{
    public RecordingOptionsRules()
    {
        RuleFor(o => o.Filler).Custom((path, context) => Check("FILLER_CLIP", path, context.AddFailure));
        RuleFor(o => o.SayAgain).Custom((path, context) => Check("SAY_AGAIN_CLIP", path, context.AddFailure));
    }

    private static void Check(string variable, string path, Action<string> fail)
    {
        if (path.Length > 0 && PcmuFile.WhyNot(path) is { } why)
            fail($"{variable} names '{path}', which {why}.");
    }
}
