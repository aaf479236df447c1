using Microsoft.Extensions.Logging;

namespace Bridge.Application.Calls;

/// <summary>Promises that nobody came for.</summary>
public sealed partial class CallRegistry
{
    /// <summary>Every promise since the oldest that is still open.</summary>
    private readonly Queue<KnownCall> _order = new();

    /// <summary>Calls whose stream never came, and of which nothing was said yet: a log that is stuck must not hold the lock.</summary>
    private readonly List<string> _unsaid = [];

    private void EndPromises()
    {
        string[] neverCame;
        lock (_gate)
        {
            Sweep();
            neverCame = [.. _unsaid];
            _unsaid.Clear();
            // Always again: a timer may come a moment too early, and find nothing to do.
            if (_order.TryPeek(out var next))
                _promisesEnd.Change(Remaining(next), Timeout.InfiniteTimeSpan);
        }

        foreach (var callSid in neverCame)
            LogNeverCame(callSid, Life.TotalSeconds);
        Signal();
    }

    /// <summary>Forgets the promises whose time is over.</summary>
    private void Sweep()
    {
        while (_order.TryPeek(out var oldest) && (oldest.State != KnownCallState.Promised || _time.GetElapsedTime(oldest.PromisedAt) >= Life))
        {
            _order.Dequeue();
            if (oldest.State != KnownCallState.Promised)
                continue;
            Forget(oldest);
            // With several instances the stream may have come to another, and the call may well be on.
            if (_options.Replicas > 1)
                continue;
            // Twilio asks no second time for a call whose stream it did not open.
            _neverCame.Add(oldest.Token.CallSid);
            _unsaid.Add(oldest.Token.CallSid);
            _metrics.StreamNeverCame();
        }
    }

    private TimeSpan Remaining(KnownCall call)
    {
        var left = Life - _time.GetElapsedTime(call.PromisedAt);
        return left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(1);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook for {CallSid} was answered with a media stream, and none came within {Seconds} s: a hang-up during the intro, a trial account (it does not run <Stream>), or a proxy that does not pass WebSockets on")]
    private partial void LogNeverCame(string callSid, double seconds);
}
