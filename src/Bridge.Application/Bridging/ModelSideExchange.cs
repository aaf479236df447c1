using Bridge.Application.Abstractions;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>A session that nears its end is exchanged for another, in a pause if there is one.</summary>
internal sealed partial class ModelSide
{
    /// <summary>An exchange that failed is tried again after this.</summary>
    private static readonly TimeSpan ExchangePause = TimeSpan.FromSeconds(30);

    private Task<IRealtimeSession?>? _exchange;
    private TimeSpan _noExchangeBefore;

    /// <summary>Exchanges a session that nears its end, in a pause; at the last moment without one.</summary>
    public void ExchangeInTime()
    {
        // What went wrong in it is a fault of ours, and ends the call.
        if (_exchange is { IsFaulted: true } faulted)
            faulted.GetAwaiter().GetResult();
        // A session that was opened and is not yet taken stands ready: the old one's reader has not seen its end. Another would never be taken.
        if (_current is not { ExchangeAfter: { } after, ExchangeBy: { } by } current || _exchange is { IsCompleted: false } or { IsCompletedSuccessfully: true, Result: not null })
            return;
        var now = call.Elapsed;
        if (now < after || now < _noExchangeBefore)
            return;
        bool pause;
        lock (call.Gate)
            pause = call.State.AtTurnBoundary;
        if (pause || now >= by)
            _exchange = ExchangeAsync(current, by);
    }

    private async Task CloseUnusedAsync()
    {
        try
        {
            if (_exchange is { } exchange && await exchange is { } unused)
                _closing.Close(unused);
        }
        catch (Exception e)
        {
            LogFault(e);
        }
    }

    /// <summary>What the caller says meanwhile waits, and is heard by whichever session goes on. Returns the new one; null when the old one goes on.</summary>
    private async Task<IRealtimeSession?> ExchangeAsync(ModelSession current, TimeSpan by)
    {
        await Task.Yield();
        sender.Close();
        IRealtimeSession? next = null;
        try
        {
            next = await OpenAsync(History());
        }
        catch (Exception e) when (e is RealtimeSessionException || (e is OperationCanceledException && _over.IsCancellationRequested))
        {
            LogNoExchange(e.Message);
        }

        bool wanted;
        lock (call.Gate)
        {
            wanted = call.State.AtTurnBoundary || call.Elapsed >= by || current.Over.IsCancellationRequested || _current != current;
            if (next is not null && wanted)
                call.State.SessionLost(call.Elapsed);
        }

        if (next is not null && wanted)
        {
            metrics.SessionReplaced("planned");
            LogExchanged(current.Session.Id, next.Id);
            // Its reader sees the close, and ends.
            _closing.Close(current.Session);
            return next;
        }

        if (next is not null)
            _closing.Close(next);
        _noExchangeBefore = next is null ? call.Elapsed + ExchangePause : default;
        if (_current == current)
            sender.Open(current.Session);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Old} nears its end; {New} took its place")]
    private partial void LogExchanged(string old, string @new);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No session to take the place of one that nears its end: {Why}")]
    private partial void LogNoExchange(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Exchanging a session failed for a fault of ours")]
    private partial void LogFault(Exception exception);
}
