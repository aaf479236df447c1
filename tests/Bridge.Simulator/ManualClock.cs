namespace Bridge.Simulator;

/// <summary>
/// Time that moves only when told to: the clock of a call in virtual time. It can be given to the caller, the model and the bridge alike,
/// so it has timers: <see cref="Advance"/> calls them in the order in which they are due, each at its own instant.
/// </summary>
public sealed class ManualClock : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<Timer> _running = [];
    private long _ticks;
    private long _started;
    private long _fired;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers called so far: who waits for a state of rest must look again when this has moved.</summary>
    public long TimersFired => Interlocked.Read(ref _fired);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => Epoch.AddTicks(GetTimestamp());

    /// <summary>Moves time, stopping at each timer on the way. One caller at a time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = GetTimestamp() + by.Ticks;
        while (TakeDue(target) is { } timer)
            timer.Call();
        lock (_gate)
            Interlocked.Exchange(ref _ticks, Math.Max(_ticks, target));
    }

    /// <summary>A timer that is due at once is called on the thread pool, as the system's is; any other within <see cref="Advance"/>.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    // The earliest timer, of those due at the same instant the one that was set first; time stands at its instant then.
    private Timer? TakeDue(long target)
    {
        lock (_gate)
        {
            Timer? next = null;
            foreach (var timer in _running)
            {
                if (timer.Due <= target && (next is null || (timer.Due, timer.Order).CompareTo((next.Due, next.Order)) < 0))
                    next = timer;
            }

            if (next is null)
                return null;
            Interlocked.Exchange(ref _ticks, Math.Max(_ticks, next.Due));
            if (next.Period > 0)
                (next.Due, next.Order) = (next.Due + next.Period, ++_started);
            else
                _running.Remove(next);
            return next;
        }
    }

    private sealed class Timer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private bool _disposed;

        public long Due { get; set; }

        public long Order { get; set; }

        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_disposed)
                    return false;
                clock._running.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Period = Math.Max(0, period.Ticks);
                var wait = dueTime > TimeSpan.Zero ? dueTime.Ticks : Period;
                (Due, Order) = (clock._ticks + wait, ++clock._started);
                if (wait > 0)
                    clock._running.Add(this);
                if (dueTime <= TimeSpan.Zero)
                    ThreadPool.QueueUserWorkItem(static timer => timer.Call(), this, preferLocal: false);
                return true;
            }
        }

        public void Call()
        {
            Interlocked.Increment(ref clock._fired);
            if (_context is null)
                callback(state);
            else
                ExecutionContext.Run(_context, new ContextCallback(callback), state);
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                clock._running.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
