using Bridge.Domain.Playback;

namespace Bridge.Infrastructure.Twilio;

/// <summary>The kinds of messages Twilio sends, and two for what is none of them.</summary>
internal enum TwilioMessageKind
{
    Connected,
    Start,
    Media,
    Mark,
    Dtmf,
    Stop,

    /// <summary>Well-formed, but not an event, or not values, known here.</summary>
    Unknown,

    /// <summary>Not JSON.</summary>
    Malformed,
}

/// <summary>One message of Twilio's.</summary>
/// <param name="Kind">Which of the other fields mean something.</param>
/// <param name="Audio">The caller's audio, decoded where it stood.</param>
/// <param name="TimestampMs">Milliseconds since the stream's start; null when it cannot be read.</param>
/// <param name="Mark">Our mark; null for a name that is none of ours.</param>
/// <param name="Start">What <c>start</c> says.</param>
/// <param name="Name">The name of an event that is not known here, as far as it can be shown; null for all others.</param>
internal readonly record struct TwilioMessage(
    TwilioMessageKind Kind,
    Memory<byte> Audio = default,
    long? TimestampMs = null,
    Mark? Mark = null,
    TwilioStart? Start = null,
    string? Name = null);

/// <summary>The values of <c>start</c> as they came; nothing is checked yet.</summary>
internal sealed record TwilioStart
{
    public string? CallSid { get; set; }

    public string? StreamSid { get; set; }

    public string? AccountSid { get; set; }

    public string? Encoding { get; set; }

    public long? SampleRate { get; set; }

    public long? Channels { get; set; }

    public Dictionary<string, string> Parameters { get; } = new(StringComparer.Ordinal);
}
