namespace Bridge.Domain.Calls;

/// <summary>Why a call ended. A closed list: it is a label of logs and metrics.</summary>
public enum CallEndReason
{
    /// <summary>Twilio sent <c>stop</c>, or its socket went away: the caller hung up or the call was ended elsewhere.</summary>
    CallerHungUp,

    /// <summary>The model closed its socket.</summary>
    ModelClosed,

    /// <summary>The model could not be reached, refused the session, or reported an error no session survives.</summary>
    ModelFailed,

    /// <summary>Twilio's socket broke its protocol in a way nothing can be made of: no <c>start</c>, wrong audio, a message too large.</summary>
    ProtocolViolation,

    /// <summary>The service is stopping.</summary>
    Draining,

    /// <summary>A fault of ours: the log has the exception.</summary>
    InternalError,
}
