using System.ComponentModel.DataAnnotations;

namespace Bridge.Application.Options;

/// <summary>How the caller's audio is kept in true time for models whose voice detection counts samples.</summary>
public sealed class CallerAudioOptions
{
    /// <summary>The value of <see cref="UplinkBatchMs"/> that leaves it to the processor's load.</summary>
    public const string Auto = "auto";

    /// <summary>Frames that are missing are filled with silence, up to so many milliseconds, and late or repeated ones dropped; 0 leaves the frames as they come.</summary>
    [Range(0, 60_000, ErrorMessage = "Bridge:CallerAudio:LongestGapMs must be from 0 (off) to 60000.")]
    public int LongestGapMs { get; set; } = 10_000;

    /// <summary>After so many milliseconds without a frame while the caller is speaking, silence is appended once; 0 switches it off.</summary>
    [Range(0, 60_000, ErrorMessage = "Bridge:CallerAudio:InactivityMs must be from 0 (off) to 60000.")]
    public int InactivityMs { get; set; } = 750;

    /// <summary>How much silence is appended then, in milliseconds: more than ends a turn.</summary>
    [Range(0, 10_000, ErrorMessage = "Bridge:CallerAudio:InactivitySilenceMs must be from 0 to 10000.")]
    public int InactivitySilenceMs { get; set; } = 1_000;

    /// <summary>Audio that may come at once, in milliseconds, beside what a stalled line owes; what is faster is dropped. 0 lets everything pass.</summary>
    [Range(0, 60_000, ErrorMessage = "Bridge:CallerAudio:BurstMs must be from 0 (no limit) to 60000.")]
    public int BurstMs { get; set; } = 2_000;

    /// <summary>
    /// Milliseconds of the caller's audio that go to the model in one append (<c>UPLINK_BATCH_MS</c>): 20 for each frame by itself,
    /// more for fewer and larger ones, <c>auto</c> for larger ones while the processor is busy.
    /// </summary>
    [AllowedValues("20", "40", "60", "100", Auto, ErrorMessage = "UPLINK_BATCH_MS must be one of: 20 (each frame by itself), 40, 60, 100, auto.")]
    public string UplinkBatchMs { get; set; } = "20";

    /// <summary>A stream that is too fast for so long is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Bridge:CallerAudio:TooFastFor must be from 1 s to 1 h.")]
    public TimeSpan TooFastFor { get; set; } = TimeSpan.FromSeconds(10);
}
