using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using MediatR;

namespace Bridge.Application.Calls;

/// <summary>A media stream opened. Nobody's audio waits for who hears of it.</summary>
public sealed record CallStarted(CallIdentity Call) : INotification;

/// <summary>A call is over, and everything of it is given back. Published exactly once for each <see cref="CallStarted"/>.</summary>
/// <param name="Summary">What there is to say of it.</param>
/// <param name="Transcript">The conversation in its order, the assistant's words as far as they were heard. Speech: it goes into no log above Trace.</param>
public sealed record CallEnded(CallSummary Summary, IReadOnlyList<TranscriptTurn> Transcript) : INotification;

/// <summary>A turn ended: its words are complete, and it is known how much of them was heard. Speech: it goes into no log above Trace.</summary>
public sealed record TurnEnded(CallIdentity Call, TranscriptTurn Turn) : INotification;

/// <summary>What there is to say of a call that is over.</summary>
/// <param name="Call">Which.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Duration">From <c>start</c> to the end.</param>
/// <param name="CallerFrames">Frames that came from the caller.</param>
/// <param name="DroppedMs">Milliseconds of the caller's audio that the model could not take in time.</param>
/// <param name="AssistantDeltas">Pieces of audio that went to the caller.</param>
/// <param name="Interruptions">How often the caller cut the assistant short.</param>
/// <param name="DriftMs">Milliseconds by which our playhead had to be corrected by marks, added up.</param>
/// <param name="Skips">Messages of Twilio's that were skipped.</param>
public sealed record CallSummary(
    CallIdentity Call,
    CallEndReason Reason,
    TimeSpan Duration,
    long CallerFrames,
    long DroppedMs,
    long AssistantDeltas,
    int Interruptions,
    long DriftMs,
    MediaStreamSkips Skips);
