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

    /// <summary>Tells the model how much of an item was heard. A provider that keeps no transcript completes at once.</summary>
    ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken);
}

/// <summary>What a provider needs or lacks, so that nobody asks for its name.</summary>
/// <param name="NeedsSteadyAudio">Its voice detection counts samples: where the caller's frames are missing, silence must take their place.</param>
public sealed record RealtimeCapabilities(bool NeedsSteadyAudio);
