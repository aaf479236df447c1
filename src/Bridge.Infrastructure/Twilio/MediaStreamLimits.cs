using System.ComponentModel.DataAnnotations;

namespace Bridge.Infrastructure.Twilio;

/// <summary>What a media stream may bring. Twilio's own come nowhere near.</summary>
internal sealed class MediaStreamLimits
{
    public const string Section = "MediaStream";

    /// <summary>Bytes of one message: a frame of 20 ms is about 400, <c>start</c> with parameters a few thousand. More closes with 1009.</summary>
    [Range(1024, 1024 * 1024, ErrorMessage = "MediaStream:MaxMessageBytes must be from 1024 to 1048576.")]
    public int MaxMessageBytes { get; set; } = 16 * 1024;

    /// <summary>Bytes of audio in one frame; a longer one is dropped. Twilio sends 160.</summary>
    [Range(160, 65_536, ErrorMessage = "MediaStream:MaxAudioBytes must be from 160 to 65536.")]
    public int MaxAudioBytes { get; set; } = 4_000;

    /// <summary>How long one message may take to come in.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "MediaStream:MessageTimeout must be from 1 s to 1 min.")]
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Malformed messages in ten seconds; one more closes with 1008. 0 is no limit.</summary>
    [Range(0, 100_000, ErrorMessage = "MediaStream:MaxMalformed must be from 0 (no limit) to 100000.")]
    public int MaxMalformed { get; set; } = 50;

    /// <summary>Binary messages in all, which no media stream has; one more closes with 1003. 0 is no limit.</summary>
    [Range(0, 100_000, ErrorMessage = "MediaStream:MaxBinary must be from 0 (no limit) to 100000.")]
    public int MaxBinary { get; set; } = 10;
}
