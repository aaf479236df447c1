namespace Bridge.Infrastructure.Tests;

/// <summary>A clock that stands still until it is told to go on, and makes no garbage.</summary>
/// <param name="hasTimers">Whether its timers come, on the thread that moves it on; else they never do, and nothing is ever late.</param>
internal sealed class SteppedTime(bool hasTimers = false) : TimeProvider
{
    private readonly List<SteppedTimer> _timers = [];
    private long _now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How often a timer came.</summary>
    public int Rings { get; private set; }

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SteppedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        if (hasTimers)
            _timers.Add(timer);
        return timer;
    }

    public void Step(TimeSpan by)
    {
        var now = Interlocked.Add(ref _now, by.Ticks);
        // By index: a timer may make another one.
        for (var i = 0; i < _timers.Count; i++)
            Rings += _timers[i].RingsAt(now) ? 1 : 0;
    }

    /// <summary>Comes once each time it is set, and again only when it is set again.</summary>
    private sealed class SteppedTimer(SteppedTime time, Action ring) : ITimer
    {
        private long _due = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime < TimeSpan.Zero ? long.MaxValue : time.GetTimestamp() + dueTime.Ticks;
            return true;
        }

        public bool RingsAt(long now)
        {
            if (_due > now)
                return false;
            _due = long.MaxValue;
            ring();
            return true;
        }

        public void Dispose() => _due = long.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
