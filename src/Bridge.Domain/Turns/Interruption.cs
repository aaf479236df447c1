using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;

namespace Bridge.Domain.Turns;

/// <summary>What the model must be told of one item.</summary>
/// <param name="Item">The item, by the name a truncation uses.</param>
/// <param name="AudioEndMs">What the caller heard of it, in whole milliseconds; the rest is forgotten. Never more than <paramref name="SentMs"/>.</param>
/// <param name="SentMs">What was sent of it.</param>
public readonly record struct Truncation(ItemKey Item, int AudioEndMs, int SentMs);

/// <summary>
/// The decision when the caller speaks: nothing, or clear the line and then truncate these items, in the order in which they
/// play. There is nothing to truncate when what is cut came from a session that is gone.
/// </summary>
/// <param name="Clear">Something of ours is unheard: the line is cleared.</param>
/// <param name="Truncations">What the model is told.</param>
public readonly record struct Interruption(bool Clear, IReadOnlyList<Truncation> Truncations)
{
    /// <summary>Nothing of ours was unheard: nothing is cut.</summary>
    public static Interruption None { get; } = new(false, []);

    /// <summary>
    /// What was cut of the answers of a session that is gone. Its successor was told them as text, as if they would be heard
    /// to their end, and is to be told what became of them.
    /// </summary>
    public IReadOnlyList<TranscriptTurn> Corrections { get; init; } = [];
}
