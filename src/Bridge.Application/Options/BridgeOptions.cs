using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Options;

/// <summary>How calls are carried: which provider, how many, how long to wait.</summary>
public sealed class BridgeOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Bridge";

    /// <summary>The name of a registered provider (<c>REALTIME_PROVIDER</c>).</summary>
    [Required(ErrorMessage = "REALTIME_PROVIDER must name a provider.")]
    public string Provider { get; set; } = "openai";

    /// <summary>Log the arithmetic of each truncation, at Debug (<c>OPENAI_SHOW_TIMING_MATH</c>).</summary>
    public bool LogTiming { get; set; }

    /// <summary>Calls carried at once; one more is turned away; 0 is no limit (<c>MAX_CONCURRENT_CALLS</c>).</summary>
    [Range(0, 100_000, ErrorMessage = "MAX_CONCURRENT_CALLS must be a whole number from 0 (no limit) to 100000.")]
    public int MaxConcurrentCalls { get; set; } = 1000;

    /// <summary>How long a media stream may take to say <c>start</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Bridge:HandshakeTimeout must be from 0.1 s to 1 min.")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a webhook's answer keeps a place for its media stream.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Bridge:PromiseLife must be from 1 s to 10 min.")]
    public TimeSpan PromiseLife { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long opening a session with the model may take in all, every try included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Bridge:ConnectTimeout must be from 0.1 s to 1 min.")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one try may take, the session's configuration included. There are two.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Bridge:ConnectAttemptTimeout must be from 0.1 s to 1 min.")]
    public TimeSpan ConnectAttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>A media stream that brings no audio for so long is lost: Twilio sends a frame every 20 ms, silence too.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Bridge:MediaTimeout must be from 1 s to 5 min.")]
    public TimeSpan MediaTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a socket may refuse to take what we send.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Bridge:SendTimeout must be from 0.1 s to 1 min.")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What our kernel may hold for a model that does not read, in bytes (Linux takes twice that, with its own bookkeeping): some two
    /// seconds of speech. Left to itself (0) it grows to megabytes, and what was said into it is not heard by the session that takes over.
    /// </summary>
    [Range(0, 16 * 1024 * 1024, ErrorMessage = "Bridge:ModelSendBuffer must be from 0 (the system's) to 16777216 bytes.")]
    public int ModelSendBuffer { get; set; } = 16 * 1024;

    /// <summary>How long the far end of a socket may take to answer a close before it is aborted.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:00:10", ErrorMessage = "Bridge:CloseTimeout must be from 0.05 s to 10 s.")]
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How the caller's audio is kept in true time.</summary>
    [ValidateObjectMembers]
    public CallerAudioOptions CallerAudio { get; set; } = new();

    /// <summary>When a call's patience is over.</summary>
    [ValidateObjectMembers]
    public PatienceOptions Patience { get; set; } = new();

    /// <summary>When calls are turned away because the model cannot be had.</summary>
    [ValidateObjectMembers]
    public CircuitOptions Circuit { get; set; } = new();

    /// <summary>How long a stopping service lets calls end by themselves before it ends them (<c>DRAIN_TIMEOUT</c>, seconds).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "DRAIN_TIMEOUT must be from 0 to 86400 seconds.")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many instances of this service share the public address (<c>REPLICAS</c>): with more than one, a stopping instance leaves new calls to the others.</summary>
    [Range(1, 10_000, ErrorMessage = "REPLICAS must be a whole number from 1 to 10000.")]
    public int Replicas { get; set; } = 1;
}

/// <summary>Checks the values together.</summary>
public sealed class BridgeOptionsRules : AbstractValidator<BridgeOptions>
{
    /// <param name="providers">The providers that exist.</param>
    public BridgeOptionsRules(IEnumerable<RealtimeProviderName> providers)
    {
        var names = providers.Select(p => p.Value).Order(StringComparer.Ordinal).ToArray();
        RuleFor(o => o.Provider)
            .Must(names.Contains)
            .WithMessage(o => $"REALTIME_PROVIDER is '{o.Provider}'; it must be one of: {string.Join(", ", names)}.");
    }
}

/// <summary>The name under which a provider is registered.</summary>
public sealed record RealtimeProviderName(string Value);
