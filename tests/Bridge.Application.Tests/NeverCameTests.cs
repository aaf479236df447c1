using Bridge.Application.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>A webhook was answered with a stream, and nobody came: the place is free again, and it is said once.</summary>
public sealed class NeverCameTests
{
    private const string Metric = "bridge.stream.never_came 1";

    private readonly EarlyTimers _time = new();
    private Switchboard _board = null!;

    [SetUp]
    public void SetUp() => _board = new Switchboard(new BridgeOptions { MaxConcurrentCalls = 3 }, time: _time);

    [TearDown]
    public void TearDown() => _board.Dispose();

    [Test]
    public void After_a_minute_it_is_counted_and_said_though_nobody_asks()
    {
        _board.Promise();
        _time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.That((_board.Metrics.Measured.Count, _board.Logger.Entries.Count), Is.EqualTo((0, 0)));

        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.That(_board.Metrics.Measured, Is.EqualTo(new[] { Metric }));
        var (level, line) = _board.Logger.Entries.Single();
        Assert.That((level, line), Is.EqualTo((LogLevel.Warning, line)));
        Assert.That(line, Does.Contain(TestNames.CallSid).And.Contain("60 s"));
    }

    [Test]
    public void It_is_said_once_however_often_it_is_asked_and_however_long_it_is_ago()
    {
        _board.Promise();
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.That((_board.Calls.Promised, _board.Calls.HasRoom), Is.EqualTo((i < 5 ? 1 : 0, true)));
        }

        Assert.That((_board.Metrics.Measured.Count, _board.Logger.Entries.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Each_of_many_is_said_at_its_own_time()
    {
        foreach (var call in new[] { 1, 2, 3 })
        {
            _board.Promise(TestNames.Call(call));
            _time.Advance(TimeSpan.FromSeconds(7));
        }

        var said = new List<int>();
        for (var second = 21; second < 80; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            if (_board.Metrics.Measured.Count > said.Count)
                said.Add(second + 1);
        }

        // The timer is set a millisecond late rather than early.
        Assert.That(said, Has.Count.EqualTo(3));
        Assert.That(said, Is.EqualTo(new[] { 60, 67, 74 }).Within(1));
    }

    [Test]
    public void A_timer_that_comes_a_moment_too_early_comes_again()
    {
        _board.Promise();
        _time.Behind = TimeSpan.FromMilliseconds(1);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(_board.Metrics.Measured, Is.Empty);

        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.That(_board.Metrics.Measured, Is.EqualTo(new[] { Metric }));
    }

    [Test]
    public void A_call_that_came_is_not_missed_nor_one_that_came_and_went()
    {
        using var on = _board.Enter(TestNames.Call(1));
        _board.Enter(TestNames.Call(2)).Dispose();
        _time.Advance(TimeSpan.FromHours(1));

        Assert.That((_board.Metrics.Measured.Count, _board.Logger.Entries.Count, _board.Calls.Active), Is.EqualTo((0, 0, 1)));
    }

    [Test]
    public async Task Who_waits_for_a_change_hears_of_it()
    {
        _board.Promise();
        var changed = _board.Calls.Changed;
        _time.Advance(TimeSpan.FromSeconds(60));

        await changed.WaitAsync(CallRig.Patience);
    }

    /// <summary>A clock that is behind the timers.</summary>
    private sealed class EarlyTimers : FakeTimeProvider
    {
        public TimeSpan Behind { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() - Behind.Ticks;
    }
}
