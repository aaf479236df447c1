using Bridge.Application.Admission;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Calls;

/// <summary>Promises that nobody came for.</summary>
public sealed partial class CallRegistry
{
    /// <summary>Every promise since the oldest that is still open.</summary>
    private readonly Queue<KnownCall> _order = new();

    private void EndPromises()
    {
        lock (_gate)
        {
            Sweep();
            // Always again: a timer may come a moment too early, and find nothing to do.
            if (_order.TryPeek(out var next))
                _promisesEnd.Change(Remaining(next), Timeout.InfiniteTimeSpan);
        }

        Signal();
    }

    /// <summary>Forgets the promises whose time is over.</summary>
    private void Sweep()
    {
        while (_order.TryPeek(out var oldest) && (oldest.State != KnownCallState.Promised || _time.GetElapsedTime(oldest.PromisedAt) >= _options.PromiseLife))
        {
            _order.Dequeue();
            if (oldest.State != KnownCallState.Promised)
                continue;
            Forget(oldest);
            if (oldest.IsElsewhere)
                continue;
            _metrics.StreamNeverCame();
            LogNeverCame(oldest.Token.CallSid, _options.PromiseLife.TotalSeconds);
        }
    }

    private TimeSpan Remaining(KnownCall call)
    {
        var left = _options.PromiseLife - _time.GetElapsedTime(call.PromisedAt);
        return left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(1);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook for {CallSid} was answered with a media stream, and none came within {Seconds} s: a hang-up during the intro, a trial account (it does not run <Stream>), or a proxy that does not pass WebSockets on")]
    private partial void LogNeverCame(string callSid, double seconds);
}

/// <summary>What a webhook is told: the token of the stream that has a place, or why there is none.</summary>
/// <param name="Token">The token's text.</param>
/// <param name="Why">Why not.</param>
public readonly record struct StreamPromise(string? Token, TurnedAway? Why);

/// <summary>Why a stream with a token of ours may not come in.</summary>
public enum StreamRefusal
{
    /// <summary>The token was used, or a newer one took its place; the call is on, or over.</summary>
    AlreadyUsed,

    /// <summary>Nobody came with it in time.</summary>
    Expired,

    /// <summary>As many calls are on as there may be.</summary>
    Full,

    /// <summary>The service is stopping.</summary>
    Stopping,
}

/// <summary>Where a call stands that is not over.</summary>
internal enum KnownCallState
{
    Promised,
    On,
    Over,
}

/// <summary>A call that is promised, or on.</summary>
/// <param name="Token">The token that its stream brings.</param>
/// <param name="TokenText">The same as it was given out.</param>
/// <param name="Number">Who is counted for it; null for a hidden number.</param>
/// <param name="PromisedAt">When, on the monotonic clock.</param>
/// <param name="IsResuming">It goes on in a stream after its first.</param>
/// <param name="IsElsewhere">Its place is another instance's, or was not promised here: it is not counted as promised.</param>
internal sealed record KnownCall(StreamToken Token, string TokenText, CallerNumber? Number, long PromisedAt, bool IsResuming, bool IsElsewhere)
{
    public KnownCallState State { get; set; }
}
