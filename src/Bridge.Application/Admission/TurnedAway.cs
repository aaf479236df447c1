namespace Bridge.Application.Admission;

/// <summary>Why a call that Twilio proved is not taken. A closed list: a label of logs and metrics.</summary>
public enum TurnedAway
{
    /// <summary>As many calls are on as there may be.</summary>
    Full,

    /// <summary>The service is stopping.</summary>
    Stopping,

    /// <summary>The model cannot be had.</summary>
    NoModel,

    /// <summary>The number has as many calls on as it may.</summary>
    NumberAtOnce,

    /// <summary>The number has called as often in an hour as it may.</summary>
    NumberPerHour,

    /// <summary>More calls in a second than there may be.</summary>
    SetupRate,

    /// <summary>The call is over: it stays so, whoever asks again.</summary>
    Ended,
}
