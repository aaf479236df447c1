using Bridge.Domain.Calls;
using Bridge.Domain.Playback;

namespace Bridge.Application.Abstractions;

/// <summary>
/// One media stream. One thread reads; one thread writes. Audio is PCMU and borrowed: valid until the next event is asked for.
/// Commands to a stream that is gone do nothing: the reader is told of the end.
/// </summary>
public interface ITwilioMediaSocket
{
    /// <summary>Reads <c>connected</c> and <c>start</c>.</summary>
    /// <exception cref="MediaStreamException">Twilio closed, or said something that no call can be made of.</exception>
    Task<MediaStreamStart> HandshakeAsync(CancellationToken cancellationToken);

    /// <summary>What Twilio says, in order, until <c>stop</c>, a close, or the loss of the socket. Other messages are counted and skipped.</summary>
    /// <exception cref="MediaStreamException">Twilio broke the protocol in a way nothing can be made of.</exception>
    IAsyncEnumerable<MediaStreamEvent> ReadEventsAsync(CancellationToken cancellationToken);

    /// <summary>Audio to be played after all that was sent before, and the marks that go with it, in one write.</summary>
    ValueTask SendMediaAsync(ReadOnlyMemory<byte> pcmu, PlaybackMarks marks, CancellationToken cancellationToken);

    /// <summary>A mark, returned when all that was sent before has been played, or cleared.</summary>
    ValueTask SendMarkAsync(Mark mark, CancellationToken cancellationToken);

    /// <summary>Silence on the line: Twilio drops what it has not played.</summary>
    ValueTask SendClearAsync(CancellationToken cancellationToken);

    /// <summary>Closes from our side; within a bounded time both reader and writer are at their end, whatever Twilio does.</summary>
    /// <param name="isRefused">The stream is not what it should be: a policy violation (1008) instead of a normal end.</param>
    Task CloseAsync(bool isRefused = false);

    /// <summary>What was skipped so far.</summary>
    MediaStreamSkips Skips { get; }
}

/// <summary>Twilio's <c>start</c>.</summary>
/// <param name="Identity">Which call and stream.</param>
/// <param name="AccountSid">Whose call.</param>
/// <param name="Parameters">What the webhook's TwiML handed on.</param>
public sealed record MediaStreamStart(CallIdentity Identity, string AccountSid, IReadOnlyDictionary<string, string> Parameters);

/// <summary>Messages that were skipped: counted, never guessed at.</summary>
/// <param name="Unknown">Well-formed, of a kind or with values not known here.</param>
/// <param name="Malformed">No JSON, or no text.</param>
/// <param name="TooFast">Audio that came faster than a caller can speak.</param>
public readonly record struct MediaStreamSkips(long Unknown, long Malformed, long TooFast = 0);

/// <summary>Twilio's side of the stream cannot be understood. The message says why, for the log.</summary>
public sealed class MediaStreamException(string message) : Exception(message);
