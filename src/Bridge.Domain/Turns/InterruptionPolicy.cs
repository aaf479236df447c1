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
        if (playback.Unheard.Count == 0)
            return Interruption.None;
        var truncations = new Truncation[playback.Unheard.Count];
        for (var i = 0; i < truncations.Length; i++)
        {
            var item = playback.Unheard[i];
            truncations[i] = new Truncation(item.Key, Pcmu.ToMilliseconds(item.Heard), Pcmu.ToMilliseconds(item.Sent));
        }

        return new Interruption(truncations);
    }
}
