namespace Bridge.Domain.Calls;

/// <summary>Where a call is in its life. It only ever moves down this list.</summary>
public enum CallState
{
    /// <summary>Twilio's <c>start</c> has not come yet.</summary>
    Connecting,

    /// <summary>The media stream is open: audio counts.</summary>
    Active,

    /// <summary>Over; <see cref="Call.EndReason"/> says why.</summary>
    Ended,
}
