using Bridge.Application.Options;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Calls;

/// <summary>
/// The places for calls: those that are on, and those that were promised to a media stream which is still to come. Admits up
/// to a limit, and while the service is stopping only what was promised before.
/// </summary>
public sealed class CallRegistry(IOptions<BridgeOptions> options, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _promises = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resuming = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _callsMustEnd = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _active;
    private int _unclaimed;
    private bool _draining;

    /// <summary>How many calls are on.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>How many media streams are still to come.</summary>
    public int Promised
    {
        get
        {
            lock (_gate)
                return CountPromises();
        }
    }

    /// <summary>The service is stopping.</summary>
    public bool Draining
    {
        get => Volatile.Read(ref _draining);
        set
        {
            lock (_gate)
                _draining = value;
            Signal();
        }
    }

    /// <summary>Would a new call be admitted now?</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
                return !_draining && IsRoomFor(Taken);
        }
    }

    /// <summary>Would a media stream be let in now? It may be a promised one.</summary>
    public bool MayEnter
    {
        get
        {
            lock (_gate)
                return MayEnterNow;
        }
    }

    /// <summary>Completes at the next change of what is counted here.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>Cancelled when the calls that are still on are to be ended.</summary>
    public CancellationToken CallsMustEnd => _callsMustEnd.Token;

    /// <summary>A webhook asks for a place, to be taken by the call's media stream. False when there is none. Asking twice for one call is asking once.</summary>
    public bool TryPromise(string callSid)
    {
        lock (_gate)
        {
            var known = _promises.ContainsKey(callSid);
            if (!known && (_draining || !IsRoomFor(Taken)))
                return false;
            _promises[callSid] = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>A call that had a place goes on in another stream: it has one, whatever else is on, and while stopping too.</summary>
    public void PromiseAgain(string callSid)
    {
        lock (_gate)
        {
            _promises[callSid] = time.GetTimestamp();
            _resuming.Add(callSid);
        }
    }

    /// <summary>Takes a place for a media stream that has not said yet which call it is; null when there is none. Disposing the place gives it back.</summary>
    public Place? TryAdmit()
    {
        lock (_gate)
        {
            if (!MayEnterNow)
                return null;
            _active++;
            _unclaimed++;
            return new Place(this);
        }
    }

    /// <summary>Has the calls that are still on ended.</summary>
    public Task EndCallsAsync() => _callsMustEnd.CancelAsync();

    /// <inheritdoc />
    public void Dispose() => _callsMustEnd.Dispose();

    /// <summary>A stream that is sent here although we are stopping is better taken than lost, if the webhook's answer came from another instance.</summary>
    private bool MayComeWhileDraining => CountPromises() > 0 || options.Value.Replicas > 1;

    private bool MayEnterNow => (IsRoomFor(_active) && (!_draining || MayComeWhileDraining)) || (CountPromises() > 0 && _resuming.Count > 0);

    /// <summary>Places taken and promised; a stream that has not said yet which call it is, is one of the promised ones until it does.</summary>
    private int Taken => _active - _unclaimed + Math.Max(_unclaimed, CountPromises());

    private bool IsRoomFor(int taken) => options.Value.MaxConcurrentCalls == 0 || taken < options.Value.MaxConcurrentCalls;

    private bool TryClaim(string callSid)
    {
        lock (_gate)
        {
            _unclaimed--;
            var promised = CountPromises() > 0 && _promises.Remove(callSid);
            _resuming.Remove(callSid);
            // The place itself is counted already.
            return promised || (IsRoomFor(Taken - 1) && (!_draining || options.Value.Replicas > 1));
        }
    }

    private void Leave(bool claimed)
    {
        lock (_gate)
        {
            _active--;
            _unclaimed -= claimed ? 0 : 1;
        }

        Signal();
    }

    private int CountPromises()
    {
        if (_promises.Count == 0)
            return 0;
        foreach (var (callSid, since) in _promises)
        {
            if (time.GetElapsedTime(since) < options.Value.PromiseLife)
                continue;
            _promises.Remove(callSid);
            _resuming.Remove(callSid);
        }

        return _promises.Count;
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate)
            (changed, _changed) = (_changed, NewSignal());
        changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A place that is taken.</summary>
    public sealed class Place : IDisposable
    {
        private readonly CallRegistry _registry;
        private int _given;
        private bool _claimed;

        internal Place(CallRegistry registry) => _registry = registry;

        /// <summary>The media stream said which call it is. False when that call has no place: it was not promised, and there is no other.</summary>
        public bool TryClaim(string callSid)
        {
            _claimed = true;
            return _registry.TryClaim(callSid);
        }

        /// <inheritdoc />
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                _registry.Leave(_claimed);
        }
    }
}
