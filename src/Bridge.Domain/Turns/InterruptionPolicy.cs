using Bridge.Domain.Playback;

namespace Bridge.Domain.Turns;

/// <summary>
/// Decides whether the caller's speech cuts the assistant short. It decides on playback, never on generation: the model
/// generates several times faster than speech, so an answer is often complete seconds before the caller has heard it.
/// </summary>
public static class InterruptionPolicy
{
    /// <summary>Every unheard item is truncated at its own position, later queued ones at zero; an item heard to its end never.</summary>
    public static Interruption Decide(PlaybackClock playback)
    {
        var items = playback.Unheard;
        if (items.Count == 0)
            return Interruption.None;
        var truncations = new List<Truncation>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (!items[i].Abandoned)
                truncations.Add(new Truncation(items[i].Key, Pcmu.ToMilliseconds(items[i].Heard), Pcmu.ToMilliseconds(items[i].Sent)));
        }

        return new Interruption(Clear: true, truncations);
    }
}
