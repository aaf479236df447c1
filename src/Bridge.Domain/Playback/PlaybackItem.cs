namespace Bridge.Domain.Playback;

/// <summary>What was sent of one item, and how much of it the caller has heard. Counts samples, so that no rounding gathers.</summary>
public sealed class PlaybackItem(string responseId, ItemKey key)
{
    /// <summary>The response this item belongs to.</summary>
    public string ResponseId { get; } = responseId;

    /// <summary>The name a truncation uses.</summary>
    public ItemKey Key { get; } = key;

    /// <summary>Samples sent to Twilio.</summary>
    public long Sent { get; internal set; }

    /// <summary>Samples played to the caller; never more than <see cref="Sent"/>, never less than before.</summary>
    public long Heard { get; internal set; }

    /// <summary>The model has sent all of it.</summary>
    public bool Complete { get; internal set; }

    /// <summary>The session it came from is gone: the model cannot be told what was heard of it.</summary>
    public bool Abandoned { get; internal set; }

    /// <summary>A recording of ours, which no model said.</summary>
    public bool Recorded { get; internal set; }

    /// <summary>
    /// Nothing is left to hear. An item the model has not finished still has something unheard, even when all that came was
    /// played: the rest, which an interruption keeps from the caller.
    /// </summary>
    public bool HeardToTheEnd => Complete && Heard == Sent;
}
