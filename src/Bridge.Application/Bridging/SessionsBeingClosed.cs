using Bridge.Application.Abstractions;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>The sessions of one call that are over. Each is closed once, beside all else: a far end that does not answer must not hold up the next session.</summary>
internal sealed partial class SessionsBeingClosed(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IRealtimeSession, Task> _closing = [];

    /// <summary>Begins to close a session, if nobody has.</summary>
    public void Close(IRealtimeSession session)
    {
        lock (_gate)
        {
            if (!_closing.ContainsKey(session))
                _closing.Add(session, CloseAsync(session));
        }
    }

    /// <summary>Completes when all of them are closed.</summary>
    public Task AllAsync()
    {
        lock (_gate)
            return Task.WhenAll(_closing.Values);
    }

    private async Task CloseAsync(IRealtimeSession session)
    {
        await Task.Yield();
        try
        {
            await session.DisposeAsync();
        }
        catch (Exception e)
        {
            LogFault(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Closing a session failed for a fault of ours")]
    private partial void LogFault(Exception exception);
}
