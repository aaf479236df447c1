namespace Bridge.Domain.Calls;

/// <summary>Why a call ended. A closed list: it is a label of logs and metrics, and <c>docs/operations.md</c> says what to do about each.</summary>
public enum CallEndReason
{
    /// <summary>Twilio sent <c>stop</c>: the caller hung up, or the call was ended elsewhere.</summary>
    CallerHungUp,

    /// <summary>Twilio's socket went away without <c>stop</c>, or brought no audio for too long.</summary>
    StreamLost,

    /// <summary>Twilio's socket did not take our audio, twice.</summary>
    StreamStuck,

    /// <summary>Twilio's socket broke its protocol in a way nothing can be made of: wrong audio, a message too large.</summary>
    ProtocolViolation,

    /// <summary>The model could not be reached: the network, its name, its certificate, its time to answer, or a fault of its server.</summary>
    ModelUnreachable,

    /// <summary>The model refused us: the key, the account, the model's name, or the session's settings.</summary>
    ModelRefused,

    /// <summary>The model has no room for us: its rate limit or quota for new sessions.</summary>
    ModelBusy,

    /// <summary>The model closed its socket for good: with a status after which another session would be closed too.</summary>
    ModelClosed,

    /// <summary>The model failed during the call, again and again: lost sessions, or answers that did not come.</summary>
    ModelFailed,

    /// <summary>The caller said nothing for too long.</summary>
    Idle,

    /// <summary>The call reached its longest duration.</summary>
    TooLong,

    /// <summary>The service is stopping, and its patience was over.</summary>
    Draining,

    /// <summary>A fault of ours: the log has the exception.</summary>
    InternalError,
}
