namespace Bridge.Application.Abstractions;

/// <summary>Why a session could not be opened: what may be done about it, in no provider's words.</summary>
public enum RealtimeSessionFailure
{
    /// <summary>The network, the name, the time to answer, or a fault of the server's: another try may do.</summary>
    Unreachable,

    /// <summary>Too much was asked for lately: another try may do, later.</summary>
    Busy,

    /// <summary>The key, the model, the settings, the certificate: another try is refused too.</summary>
    Refused,
}

/// <summary>A session could not be opened, and why. The message is for the log: it holds no secret and no speech.</summary>
/// <param name="message">A sentence.</param>
/// <param name="failure">What may be done about it.</param>
/// <param name="innerException">What is behind it.</param>
public sealed class RealtimeSessionException(string message, RealtimeSessionFailure failure = RealtimeSessionFailure.Refused, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What may be done about it.</summary>
    public RealtimeSessionFailure Failure { get; } = failure;

    /// <summary>When the model wants to be asked again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A short name for metrics, from a small set: the status, or what the network did.</summary>
    public string ErrorType { get; init; } = "_OTHER";
}
