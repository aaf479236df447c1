using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using MediatR;

namespace Bridge.Application.Calls;

/// <summary>A media stream opened. Nobody's audio waits for who hears of it.</summary>
public sealed record CallStarted(CallIdentity Call) : INotification;

/// <summary>A call is over, and everything of it is given back. Published exactly once for each <see cref="CallStarted"/>.</summary>
public sealed record CallEnded(CallSummary Summary) : INotification;

/// <summary>What there is to say of a call that is over.</summary>
/// <param name="Call">Which.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Duration">From <c>start</c> to the end.</param>
/// <param name="CallerFrames">Frames that came from the caller.</param>
/// <param name="AssistantDeltas">Pieces of audio that went to the caller.</param>
/// <param name="Interruptions">How often the caller cut the assistant short.</param>
/// <param name="Skips">Messages of Twilio's that were skipped.</param>
public sealed record CallSummary(
    CallIdentity Call,
    CallEndReason Reason,
    TimeSpan Duration,
    long CallerFrames,
    long AssistantDeltas,
    int Interruptions,
    MediaStreamSkips Skips);
