namespace Bridge.Application.Bridging;

/// <summary>
/// The appointments of all calls on one timer. A timer a call wakes the process four times a second for each, eight hundred calls three
/// thousand times; here an appointment is kept early, by up to <see cref="Slack"/>, when another one wakes the process anyway.
/// Nothing runs while there are no appointments.
/// </summary>
public sealed class TimerWheel : IDisposable
{
    /// <summary>How much too early an appointment may be kept.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(25);

    private readonly TimeProvider _time;
    private readonly TaskScheduler _beside;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly List<Entry> _due = [];
    private TimeSpan _armed = TimeSpan.MaxValue;
    private bool _isTurning;

    /// <summary>A wheel that stands still.</summary>
    /// <param name="time">Whose time it keeps.</param>
    /// <param name="beside">Where <see cref="DoBesideAsync"/> does its work; the thread pool when nothing is said.</param>
    public TimerWheel(TimeProvider time, TaskScheduler? beside = null)
    {
        (_time, _beside, _start) = (time, beside ?? TaskScheduler.Default, time.GetTimestamp());
        _timer = time.CreateTimer(static wheel => ((TimerWheel)wheel!).Turn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Something that can have an appointment; it has none yet.</summary>
    /// <param name="keep">Called when the time has come, one at a time with all others: it must be quick and wait for nothing.</param>
    /// <param name="fail">Told what <paramref name="keep"/> throws: a fault of ours, and no reason to stop the wheel for all others.</param>
    public Entry Add(Action keep, Action<Exception> fail)
    {
        var entry = new Entry(this, keep, fail);
        lock (_gate)
            _entries.Add(entry);
        return entry;
    }

    /// <summary>Does what an appointment led to but is too long for the wheel, where all other appointments wait for it.</summary>
    public Task DoBesideAsync(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach | TaskCreationOptions.HideScheduler, _beside).Unwrap();

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();

    private void Turn()
    {
        lock (_gate)
        {
            if (_isTurning)
                return;
            _isTurning = true;
            _armed = TimeSpan.MaxValue;
            var until = Now + Slack;
            foreach (var entry in _entries)
            {
                if (entry.Next <= until)
                    _due.Add(entry);
            }
        }

        // Only one turn at a time: the list is this one's.
        foreach (var entry in _due)
            entry.Keep();
        lock (_gate)
        {
            _due.Clear();
            _isTurning = false;
            var first = TimeSpan.MaxValue;
            foreach (var entry in _entries)
                first = entry.Next < first ? entry.Next : first;
            WakeAt(first);
        }
    }

    /// <summary>A turn that finds nothing to do is harmless, so the timer is only ever set to something earlier.</summary>
    private void WakeAt(TimeSpan next)
    {
        if (_isTurning || next >= _armed)
            return;
        _armed = next;
        var wait = next - Now;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Somebody's place on the wheel.</summary>
    public sealed class Entry : IDisposable
    {
        private readonly TimerWheel _wheel;
        private readonly Action _keep;
        private readonly Action<Exception> _fail;
        private readonly Lock _keeping = new();
        private TimeSpan _every;
        private bool _gone;

        internal Entry(TimerWheel wheel, Action keep, Action<Exception> fail) => (_wheel, _keep, _fail) = (wheel, keep, fail);

        /// <summary>When; <see cref="TimeSpan.MaxValue"/> for never. Touched only inside the wheel's gate.</summary>
        internal TimeSpan Next { get; private set; } = TimeSpan.MaxValue;

        /// <summary>One appointment, in place of any before.</summary>
        public void After(TimeSpan delay) => Set(delay, TimeSpan.Zero);

        /// <summary>Appointments from now on; those that were missed are not made up for.</summary>
        public void Every(TimeSpan interval) => Set(interval, interval);

        /// <summary>No appointment any more.</summary>
        public void Never() => Set(TimeSpan.MaxValue, TimeSpan.Zero);

        /// <summary>Leaves the wheel. When this returns nothing is being done for it, and nothing will be, unless it is called from within.</summary>
        public void Dispose()
        {
            lock (_wheel._gate)
            {
                _wheel._entries.Remove(this);
                Next = TimeSpan.MaxValue;
            }

            lock (_keeping)
                _gone = true;
        }

        internal void Keep()
        {
            lock (_keeping)
            {
                lock (_wheel._gate)
                {
                    // It may have been put off, or have left, since it was found to be due.
                    if (_gone || Next > _wheel.Now + Slack)
                        return;
                    Advance();
                }

                try
                {
                    _keep();
                }
                catch (Exception e)
                {
                    _fail(e);
                }
            }
        }

        /// <summary>From the appointment, not from now: a series does not drift.</summary>
        private void Advance()
        {
            if (_every == TimeSpan.Zero)
            {
                Next = TimeSpan.MaxValue;
                return;
            }

            Next += _every;
            var now = _wheel.Now;
            if (Next <= now)
                Next = now + _every;
        }

        private void Set(TimeSpan delay, TimeSpan every)
        {
            lock (_wheel._gate)
            {
                _every = every;
                Next = delay == TimeSpan.MaxValue ? delay : _wheel.Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
                _wheel.WakeAt(Next);
            }
        }
    }
}
