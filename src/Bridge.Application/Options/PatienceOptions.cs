using System.ComponentModel.DataAnnotations;

namespace Bridge.Application.Options;

/// <summary>When a call's patience is over. Zero switches a rule off.</summary>
public sealed class PatienceOptions
{
    /// <summary>The caller hears the filler after so much silence while it is the assistant's turn.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ErrorMessage = "Bridge:Patience:FillerAfter must be from 0 (off) to 1 min.")]
    public TimeSpan FillerAfter { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>An answer of which nothing is seen for so long is asked for again; then the session is replaced; then the call is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "Bridge:Patience:StallAfter must be from 0 (off) to 5 min.")]
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for an answer that has no audio yet, whatever else is seen of it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "Bridge:Patience:FirstAudioWithin must be from 0 (off) to 5 min.")]
    public TimeSpan FirstAudioWithin { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>A silent caller is asked after so long, from the end of what was heard (<c>IDLE_ASK_AFTER</c>, seconds).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "IDLE_ASK_AFTER must be from 0 (off) to 86400 seconds.")]
    public TimeSpan IdleAskAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>And let go after so long, from the same moment (<c>IDLE_END_AFTER</c>, seconds).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "IDLE_END_AFTER must be from 0 (off) to 86400 seconds.")]
    public TimeSpan IdleEndAfter { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The longest a call may be (<c>MAX_CALL_DURATION</c>, seconds).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "MAX_CALL_DURATION must be from 0 (no limit) to 86400 seconds.")]
    public TimeSpan MaxCallDuration { get; set; } = TimeSpan.FromHours(4);

    /// <summary>A goodbye that is not heard to its end within this is given up, and Twilio says it instead.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00", ErrorMessage = "Bridge:Patience:GoodbyeWithin must be from 0.1 s to 2 min.")]
    public TimeSpan GoodbyeWithin { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>When calls are turned away because the model cannot be had.</summary>
public sealed class CircuitOptions
{
    /// <summary>So many calls in a row that got no session, within <see cref="Within"/>, open the circuit.</summary>
    [Range(1, 1_000, ErrorMessage = "Bridge:Circuit:Failures must be from 1 to 1000.")]
    public int Failures { get; set; } = 3;

    /// <summary>The time in which failures count.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Bridge:Circuit:Within must be from 1 s to 1 hour.")]
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it stays open; the next call after that is a trial.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Bridge:Circuit:OpenFor must be from 1 s to 1 hour.")]
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(30);
}
