using System.Collections.Concurrent;
using Bridge.Simulator;

namespace Bridge.Api.Tests;

/// <summary>A manual clock as a bridge sees it: its wall clock can be set wrong, and its timers are counted.</summary>
internal sealed class WatchedTime(ManualClock clock) : TimeProvider
{
    private readonly ConcurrentDictionary<Timer, bool> _running = new();

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan Wrong { get; set; }

    /// <summary>Timers that will be called some day.</summary>
    public int RunningTimers => _running.Count;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Wrong;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(this, clock, callback, state, dueTime, period);

    private sealed class Timer : ITimer
    {
        private readonly WatchedTime _time;
        private readonly ITimer _timer;
        private bool _once;

        public Timer(WatchedTime time, ManualClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _time = time;
            _timer = clock.CreateTimer(
                given =>
                {
                    if (_once)
                        time._running.TryRemove(this, out _);
                    callback(given);
                },
                state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _once = period <= TimeSpan.Zero;
            if (dueTime == Timeout.InfiniteTimeSpan)
                _time._running.TryRemove(this, out _);
            else
                _time._running[this] = true;
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            _timer.Dispose();
            _time._running.TryRemove(this, out _);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
