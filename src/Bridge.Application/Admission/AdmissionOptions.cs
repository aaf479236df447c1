using System.ComponentModel.DataAnnotations;
using Bridge.Application.Options;
using FluentValidation;

namespace Bridge.Application.Admission;

/// <summary>Who may come in, and how many. 0 switches a limit off.</summary>
public sealed class AdmissionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Admission";

    /// <summary>
    /// Keys of stream tokens, separated by commas: the first signs, all prove (<c>STREAM_TOKEN_KEYS</c>). Null: a random one, which
    /// no other instance knows.
    /// </summary>
    public Secret? StreamTokenKeys { get; set; }

    /// <summary>New calls a second; a burst of as many is let through (<c>MAX_CALL_SETUPS_PER_SECOND</c>).</summary>
    [Range(0, 100_000, ErrorMessage = "MAX_CALL_SETUPS_PER_SECOND must be a whole number from 0 (no limit) to 100000.")]
    public int MaxSetupsPerSecond { get; set; } = 500;

    /// <summary>Calls of one number at once (<c>MAX_CALLS_PER_NUMBER</c>). Hidden numbers count towards the totals only.</summary>
    [Range(0, 100_000, ErrorMessage = "MAX_CALLS_PER_NUMBER must be a whole number from 0 (no limit) to 100000.")]
    public int MaxCallsPerNumber { get; set; } = 10;

    /// <summary>Calls of one number in an hour (<c>MAX_CALLS_PER_NUMBER_PER_HOUR</c>).</summary>
    [Range(0, 1_000_000, ErrorMessage = "MAX_CALLS_PER_NUMBER_PER_HOUR must be a whole number from 0 (no limit) to 1000000.")]
    public int MaxCallsPerNumberPerHour { get; set; } = 100;

    /// <summary>Media streams that are open and have not said <c>start</c>.</summary>
    [Range(0, 100_000, ErrorMessage = "Admission:MaxHalfOpen must be a whole number from 0 (no limit) to 100000.")]
    public int MaxHalfOpen { get; set; } = 200;
}

/// <summary>Checks what an attribute cannot say.</summary>
public sealed class AdmissionOptionsRules : AbstractValidator<AdmissionOptions>
{
    private const int ShortestKey = 32;

    /// <summary>A key that can be guessed is none.</summary>
    public AdmissionOptionsRules() =>
        RuleFor(o => o.StreamTokenKeys)
            .Must(keys => keys is null || (keys.Split() is { Count: > 0 } all && all.All(k => k.Reveal().Length >= ShortestKey)))
            .WithMessage($"STREAM_TOKEN_KEYS must be keys of at least {ShortestKey} characters each, separated by commas; for example what `openssl rand -hex 32` prints.");
}
