namespace Bridge.Simulator.Tests;

internal sealed class ManualClockTests
{
    private ManualClock _clock = null!;
    private List<(string Name, double At)> _calls = null!;

    [SetUp]
    public void SetUp() => (_clock, _calls) = (new ManualClock(), []);

    [Test]
    public void Timers_are_called_in_the_order_in_which_they_are_due_each_at_its_own_instant()
    {
        var start = Now;
        using var late = Timer("late", 30);
        using var early = Timer("early", 10.5);
        using var twin = Timer("twin", 30);
        _clock.Advance(TimeSpan.FromMilliseconds(29));
        Assert.That(_calls, Is.EqualTo(new[] { ("early", start + 10.5) }));
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.That(_calls.Skip(1), Is.EqualTo(new[] { ("late", start + 30), ("twin", start + 30) }));
        Assert.That(Now, Is.EqualTo(start + 129));
        Assert.That(_clock.TimersFired, Is.EqualTo(3));
    }

    [Test]
    public void A_periodic_timer_is_called_at_each_of_its_times_until_it_is_changed_or_disposed()
    {
        var start = Now;
        var timer = Timer("tick", 10, 25);
        _clock.Advance(TimeSpan.FromMilliseconds(60));
        Assert.That(_calls.Select(call => call.At), Is.EqualTo(new[] { start + 10, start + 35, start + 60 }));
        timer.Change(TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromMilliseconds(60));
        Assert.That(_calls, Has.Count.EqualTo(4));
        timer.Change(TimeSpan.FromMilliseconds(5), TimeSpan.Zero);
        timer.Dispose();
        _clock.Advance(TimeSpan.FromMilliseconds(60));
        Assert.That(_calls, Has.Count.EqualTo(4));
        Assert.That(timer.Change(TimeSpan.FromMilliseconds(5), TimeSpan.Zero), Is.False);
    }

    [Test]
    public void A_timer_that_a_timer_sets_is_called_in_the_same_advance()
    {
        ITimer? second = null;
        using var first = _clock.CreateTimer(_ => second = Timer("second", 5), null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        var start = Now;
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        second?.Dispose();
        Assert.That(_calls, Is.EqualTo(new[] { ("second", start + 15) }));
    }

    [Test]
    public async Task Delays_deadlines_and_timers_that_are_due_at_once_work_as_with_the_system()
    {
        var delay = Task.Delay(TimeSpan.FromMilliseconds(40), _clock);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), _clock);
        var atOnce = new TaskCompletionSource();
        await using var timer = _clock.CreateTimer(_ => atOnce.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await atOnce.Task.WaitAsync(ModelClient.Limit());
        _clock.Advance(TimeSpan.FromMilliseconds(39));
        Assert.That((delay.IsCompleted, deadline.IsCancellationRequested), Is.EqualTo((false, false)));
        _clock.Advance(TimeSpan.FromMilliseconds(11));
        await delay.WaitAsync(ModelClient.Limit());
        Assert.That(deadline.IsCancellationRequested, Is.True);
    }

    private double Now => TimeSpan.FromTicks(_clock.GetTimestamp()).TotalMilliseconds;

    private ITimer Timer(string name, double due, double period = 0) =>
        _clock.CreateTimer(_ => _calls.Add((name, Now)), null, TimeSpan.FromMilliseconds(due), TimeSpan.FromMilliseconds(period));
}
