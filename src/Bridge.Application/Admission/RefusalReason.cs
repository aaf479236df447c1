namespace Bridge.Application.Admission;

/// <summary>Why somebody was not let in. A closed list: a label of logs and metrics, and <c>docs/security.md</c> says what to do about each.</summary>
public enum RefusalReason
{
    /// <summary>No signature.</summary>
    NoSignature,

    /// <summary>A signature that is not Twilio's for this address; or our public address is not the one Twilio was told.</summary>
    WrongSignature,

    /// <summary>Signed, for an account that is not ours.</summary>
    ForeignAccount,

    /// <summary>A body that is no form.</summary>
    NotAForm,

    /// <summary>More bytes or fields than a form of Twilio's can have, or too slowly.</summary>
    BadBody,

    /// <summary>A browser opened the socket, for a page that is not ours.</summary>
    ForeignOrigin,

    /// <summary>No stream token, or something that has not its shape.</summary>
    GarbledToken,

    /// <summary>A stream token of a key that is not ours.</summary>
    UnknownKey,

    /// <summary>A stream token that we did not sign.</summary>
    ForgedToken,

    /// <summary>A stream token that was used, or whose call is on or over.</summary>
    AlreadyUsed,

    /// <summary>A stream token that nobody came with in time.</summary>
    ExpiredToken,

    /// <summary>Too many streams that have not said <c>start</c>.</summary>
    HalfOpen,

    /// <summary>As many calls are on as there may be.</summary>
    Full,

    /// <summary>The service is stopping.</summary>
    Stopping,

    /// <summary>The stream's <c>start</c> names another call or account than its token.</summary>
    OtherCall,

    /// <summary>The stream said no <c>start</c> in time.</summary>
    NoStart,

    /// <summary>What the stream said instead of a <c>start</c> was none: too large, malformed again and again, of other audio, or its end.</summary>
    BadStream,
}
