namespace Bridge.Application.Abstractions;

/// <summary>A provider of realtime speech models. Registered under its name; the adapter lives in one folder.</summary>
public interface IRealtimeClient
{
    /// <summary>
    /// Opens a conversation: connects, configures, and makes sure the model agreed. What it returns is ready for audio;
    /// whoever asked for it disposes it.
    /// </summary>
    /// <exception cref="RealtimeSessionException">The model could not be reached, or refused.</exception>
    /// <exception cref="OperationCanceledException">The time allowed is over, or the call is.</exception>
    Task<IRealtimeSession> CreateSessionAsync(RealtimeSessionSettings settings, CancellationToken cancellationToken);
}
