using Bridge.Application.Options;
using Bridge.Domain.Transcripts;

namespace Bridge.Application.Abstractions;

/// <summary>What a conversation shall be like, in no provider's words.</summary>
/// <param name="Instructions">Who the assistant is and how it speaks.</param>
/// <param name="Voice">The provider's name of a voice; null for the provider's own choice.</param>
/// <param name="Temperature">Randomness, 0 to 2, for providers that have it; null when not set.</param>
/// <param name="TurnDetection">When the caller's turn begins and ends.</param>
public sealed record RealtimeSessionSettings(string Instructions, string? Voice, double? Temperature, TurnDetectionOptions TurnDetection)
{
    /// <summary>The conversation so far, as it was heard, for a session that takes the place of another; empty for a new conversation.</summary>
    public IReadOnlyList<TranscriptTurn> History { get; init; } = [];

    /// <summary>
    /// Who calls, as labelled data: an item of the conversation, before all others and never part of <see cref="Instructions"/>. Null for
    /// nothing. Personal: it goes into no log above Trace.
    /// </summary>
    public string? CallerContext { get; init; }
}
