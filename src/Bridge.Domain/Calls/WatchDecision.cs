using Bridge.Domain.Turns;

namespace Bridge.Domain.Calls;

/// <summary>What is to be done because time has passed.</summary>
public enum WatchAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The caller has heard nothing for too long: play the filler.</summary>
    PlayFiller,

    /// <summary>There will be no answer: play the recorded sentence that asks the caller to say it again.</summary>
    PlayApology,

    /// <summary>Cancel <see cref="WatchDecision.Cancel"/>, if any, and send <see cref="WatchDecision.Request"/>, if any.</summary>
    Ask,

    /// <summary>The caller has spoken and the model showed no sign at all: make it show one.</summary>
    Probe,

    /// <summary>This session does not answer: replace it.</summary>
    ReplaceSession,

    /// <summary>End the call for <see cref="WatchDecision.Reason"/>.</summary>
    End,
}

/// <summary>The decision of one look at the clock.</summary>
/// <param name="Action">Which of the other fields mean something.</param>
/// <param name="Cancel">The response to cancel first; null for none.</param>
/// <param name="Request">The request to send; null when it waits for its turn.</param>
/// <param name="Reason">Why the call ends.</param>
public readonly record struct WatchDecision(WatchAction Action, string? Cancel = null, ResponseRequest? Request = null, CallEndReason Reason = default)
{
    /// <summary>End the call.</summary>
    public static WatchDecision End(CallEndReason reason) => new(WatchAction.End, Reason: reason);
}
