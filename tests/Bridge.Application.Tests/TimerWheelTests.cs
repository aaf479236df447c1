using Bridge.Application.Bridging;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

public sealed class TimerWheelTests
{
    private readonly CountingTime _time = new();
    private readonly List<string> _kept = [];
    private TimerWheel _wheel = null!;

    [SetUp]
    public void SetUp() => _wheel = new TimerWheel(_time);

    [TearDown]
    public void TakeDown() => _wheel.Dispose();

    [Test]
    public void An_appointment_is_kept_when_its_time_has_come_and_once()
    {
        using var one = Add("one");
        one.After(Ms(100));

        Pass(99);
        Assert.That(_kept, Is.Empty);
        Pass(1);
        Assert.That(_kept, Is.EqualTo(new[] { "one" }));
        Pass(1000);
        Assert.That(_kept, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_series_does_not_drift_and_what_was_missed_is_not_made_up_for()
    {
        using var one = Add("one");
        one.Every(Ms(250));

        for (var i = 0; i < 100; i++)
            Pass(10);
        Assert.That(_kept, Has.Count.EqualTo(4));
        Pass(2000);
        Assert.That(_kept, Has.Count.EqualTo(5));
        Pass(250);
        Assert.That(_kept, Has.Count.EqualTo(6));
    }

    [Test]
    public void Appointments_close_together_wake_the_process_once()
    {
        var entries = Enumerable.Range(0, 20).Select(i => Add($"{i}")).ToList();
        foreach (var entry in entries)
        {
            entry.Every(Ms(250));
            Pass(1);
        }

        var before = _time.Fired;
        for (var i = 0; i < 250; i++)
            Pass(1);

        Assert.That(_kept, Has.Count.EqualTo(20));
        Assert.That(_time.Fired - before, Is.EqualTo(1));
    }

    [Test]
    public void No_appointment_is_kept_late_and_none_more_than_25_ms_early()
    {
        var kept = new List<(TimeSpan Wanted, TimeSpan Kept)>();
        var random = new Random(7);
        var start = _time.GetTimestamp();
        var entries = new List<TimerWheel.Entry>();
        for (var i = 0; i < 200; i++)
        {
            var wanted = Ms(random.Next(1, 2000));
            var entry = _wheel.Add(() => kept.Add((wanted, _time.GetElapsedTime(start))), NoFault);
            entry.After(wanted);
            entries.Add(entry);
        }

        for (var i = 0; i < 2000; i++)
            Pass(1);
        entries.ForEach(entry => entry.Dispose());

        Assert.That(kept, Has.Count.EqualTo(200));
        Assert.That(kept.Select(one => one.Kept - one.Wanted), Has.All.InRange(Ms(-25), TimeSpan.Zero));
    }

    [Test]
    public void One_that_is_put_off_is_kept_then_and_one_that_is_called_off_never()
    {
        using var one = Add("one");
        using var other = Add("other");
        one.After(Ms(100));
        other.After(Ms(100));
        Pass(50);
        one.After(Ms(100));
        other.Never();

        Pass(50);
        Assert.That(_kept, Is.Empty);
        Pass(50);
        Assert.That(_kept, Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public void An_earlier_appointment_is_not_kept_waiting_by_a_later_one()
    {
        using var late = Add("late");
        using var early = Add("early");
        late.After(Ms(1000));
        early.After(Ms(10));

        Pass(10);

        Assert.That(_kept, Is.EqualTo(new[] { "early" }));
    }

    [Test]
    public void Who_has_left_the_wheel_is_not_called_and_an_empty_wheel_stands_still()
    {
        var one = Add("one");
        one.Every(Ms(100));
        one.Dispose();
        Pass(100);
        var before = _time.Fired;

        Pass(10_000);

        Assert.That(_kept, Is.Empty);
        Assert.That(_time.Fired, Is.EqualTo(before));
    }

    [Test]
    public void Who_leaves_waits_for_what_is_being_done_for_him()
    {
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var done = false;
        var one = _wheel.Add(() =>
        {
            begun.Set();
            goOn.Wait();
            done = true;
        }, NoFault);
        one.After(Ms(10));
        var turn = Task.Run(() => Pass(10));
        begun.Wait();

        var left = Task.Run(() =>
        {
            one.Dispose();
            return done;
        });
        goOn.Set();

        Assert.That(left.GetAwaiter().GetResult(), Is.True);
        turn.GetAwaiter().GetResult();
    }

    [Test]
    public void One_may_leave_from_within_and_make_appointments_for_itself_and_others()
    {
        TimerWheel.Entry first = null!;
        using var second = Add("second");
        first = _wheel.Add(() =>
        {
            _kept.Add("first");
            second.After(Ms(40));
            first.Dispose();
        }, NoFault);
        first.After(Ms(10));

        Pass(10);
        Pass(40);

        Assert.That(_kept, Is.EqualTo(new[] { "first", "second" }));
    }

    [Test]
    public void What_one_throws_is_told_to_it_and_the_wheel_turns_on_for_all_others()
    {
        var told = new List<Exception>();
        using var broken = _wheel.Add(() => throw new InvalidOperationException("a fault of ours"), told.Add);
        using var other = Add("other");
        broken.Every(Ms(100));
        other.Every(Ms(100));

        Pass(100);
        Pass(100);

        Assert.That(told.Select(fault => fault.Message), Is.EqualTo(new[] { "a fault of ours", "a fault of ours" }));
        Assert.That(_kept, Has.Count.EqualTo(2));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private TimerWheel.Entry Add(string name) => _wheel.Add(() => _kept.Add(name), NoFault);

    [Test]
    public async Task What_is_done_beside_it_is_done_on_the_pool_while_the_wheel_turns_on()
    {
        using var mayGoOn = new ManualResetEventSlim();
        var thread = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        var beside = Task.CompletedTask;
        using var one = _wheel.Add(
            () => beside = _wheel.DoBesideAsync(() =>
            {
                thread.SetResult(Thread.CurrentThread);
                mayGoOn.Wait(CallRig.Patience);
                return Task.CompletedTask;
            }),
            NoFault);
        one.After(Ms(100));
        Pass(100);
        try
        {
            Assert.That((await thread.Task.WaitAsync(CallRig.Patience)).IsThreadPoolThread, Is.True);
            Assert.That(beside.IsCompleted, Is.False, "the work goes on, and time has passed");
        }
        finally
        {
            mayGoOn.Set();
            await beside.WaitAsync(CallRig.Patience);
        }
    }

    private static void NoFault(Exception fault) => Assert.Fail(fault.ToString());

    private void Pass(int milliseconds) => _time.Advance(Ms(milliseconds));

    /// <summary>A clock moved by hand that counts how often a timer went off.</summary>
    private sealed class CountingTime : FakeTimeProvider
    {
        public int Fired { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                given =>
                {
                    Fired++;
                    callback(given);
                },
                state, dueTime, period);
    }
}
