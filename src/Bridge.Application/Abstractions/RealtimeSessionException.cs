namespace Bridge.Application.Abstractions;

/// <summary>A session could not be opened, and why. The message is for the log: it holds no secret and no speech.</summary>
public sealed class RealtimeSessionException(string message, Exception? innerException = null) : Exception(message, innerException);
