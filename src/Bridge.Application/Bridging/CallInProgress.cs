using Bridge.Domain.Calls;

namespace Bridge.Application.Bridging;

/// <summary>What the two pumps of one call share: its state, the lock round it, and what is counted.</summary>
internal sealed class CallInProgress(Call state)
{
    /// <summary>What is true about the call. Touched only inside <see cref="Gate"/>.</summary>
    public Call State { get; } = state;

    /// <summary>Held round each call of <see cref="State"/>, never across an await.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Frames from the caller; written by one pump only.</summary>
    public long CallerFrames { get; set; }

    /// <summary>Pieces of audio sent to the caller; written by the other pump only.</summary>
    public long AssistantDeltas { get; set; }

    /// <summary>How often the caller cut the assistant short.</summary>
    public int Interruptions { get; set; }
}
