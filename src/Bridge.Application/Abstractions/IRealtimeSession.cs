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

    /// <summary>What the model says, in order, until it closes or <see cref="IAsyncDisposable.DisposeAsync"/> is called. One reader.</summary>
    IAsyncEnumerable<RealtimeEvent> ReadEventsAsync(CancellationToken cancellationToken);

    /// <summary>The caller's audio. Completes when the bytes are handed to the network; a session that is gone swallows them.</summary>
    ValueTask AppendAudioAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken);

    /// <summary>Asks for a response. <paramref name="prompt"/> says what this one is for, beside the session's instructions; it is no turn of the caller's.</summary>
    ValueTask CreateResponseAsync(string? prompt, CancellationToken cancellationToken);

    /// <summary>Tells the model how much of an item was heard. A provider that keeps no transcript completes at once.</summary>
    ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken);
}
