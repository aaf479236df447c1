using Bridge.Domain.Playback;

namespace Bridge.Application.Abstractions;

/// <summary>What Twilio can say, as far as a call needs it.</summary>
public enum MediaStreamEventKind
{
    /// <summary>20 ms of the caller.</summary>
    Media,

    /// <summary>A mark of ours came back.</summary>
    Mark,

    /// <summary>The stream is over.</summary>
    Stop,
}

/// <summary>One event of a media stream. A struct with a kind, so that 50 frames a second make no garbage.</summary>
/// <param name="Kind">Which of the other fields mean something.</param>
/// <param name="Audio">PCMU; borrowed until the next event is asked for.</param>
/// <param name="TimestampMs">Milliseconds since the stream's start; null when Twilio's value could not be read.</param>
/// <param name="Mark">The mark that came back.</param>
public readonly record struct MediaStreamEvent(
    MediaStreamEventKind Kind,
    ReadOnlyMemory<byte> Audio = default,
    long? TimestampMs = null,
    Mark Mark = default);
