using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Application.Abstractions;

/// <summary>
/// One open conversation with a model. It is born connected and configured. Three promises hold for every provider:
/// audio is PCMU bytes (a provider that speaks something else converts in its own folder); audio is borrowed, valid until
/// the next event is asked for; commands may be given from any thread while one thread reads.
/// </summary>
public interface IRealtimeSession : IAsyncDisposable
{
    /// <summary>The model's own name of the session, for the log.</summary>
    string Id { get; }

    /// <summary>What this provider needs or lacks.</summary>
    RealtimeCapabilities Capabilities { get; }

    /// <summary>How long the provider lets it live, from its opening; null when it sets no limit. Measured, so that no wall clock matters later.</summary>
    TimeSpan? Lifetime { get; }

    /// <summary>What the model says, in order, until it closes or <see cref="IAsyncDisposable.DisposeAsync"/> is called. One reader.</summary>
    IAsyncEnumerable<RealtimeEvent> ReadEventsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The caller's audio. The bytes are the caller's again as soon as this returns; what it returns completes when the
    /// network has taken them. A session that is gone swallows them.
    /// </summary>
    ValueTask AppendAudioAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken);

    /// <summary>
    /// Asks for a response. Its prompt says what this one is for, beside the session's instructions; it is no turn of the
    /// caller's. Its number comes back with the response's start, or with the error that refuses it.
    /// </summary>
    ValueTask CreateResponseAsync(ResponseRequest request, CancellationToken cancellationToken);

    /// <summary>Stops a response. One that is over already is no error.</summary>
    ValueTask CancelResponseAsync(string responseId, CancellationToken cancellationToken);

    /// <summary>
    /// Of a turn that was told as text when this session was opened (<see cref="RealtimeSessionSettings.History"/>), less was
    /// heard than was thought then. A turn that was not told does nothing.
    /// </summary>
    ValueTask CorrectAsync(TranscriptTurn turn, CancellationToken cancellationToken);

    /// <summary>Makes the model show a sign of life soon: an event of any kind, be it an error. It changes nothing.</summary>
    ValueTask ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Tells the model how much of an item was heard. A provider that keeps no transcript completes at once.</summary>
    ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken);
}

/// <summary>What a provider needs or lacks, so that nobody asks for its name.</summary>
/// <param name="NeedsSteadyAudio">Its voice detection counts samples: where the caller's frames are missing, silence must take their place.</param>
public sealed record RealtimeCapabilities(bool NeedsSteadyAudio);
