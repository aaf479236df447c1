using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>Stopping: what is on and what was promised ends by itself, or is ended, and nobody is forgotten.</summary>
public sealed class CallDrainTests
{
    private readonly CallRig _rig = new(o => o.DrainTimeout = TimeSpan.FromSeconds(5));

    private CallRegistry Calls => _rig.Registry;

    private CallDrain Drain => _rig.Drain;

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task An_empty_service_is_drained_at_once_and_stays_closed()
    {
        Assert.That(await Drain.RunAsync().WaitAsync(CallRig.Patience), Is.True);

        Assert.That((Calls.Draining, Calls.HasRoom, _rig.Switchboard.TryEnter()), Is.EqualTo((true, false, (CallRegistry.Place?)null)));
        Assert.That(Calls.CallsMustEnd.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task It_waits_for_the_calls_that_are_on_and_ends_none_that_ends_by_itself()
    {
        var one = _rig.Switchboard.Enter(TestNames.Call(1));
        var other = _rig.Switchboard.Enter(TestNames.Call(2));
        var drained = Drain.RunAsync();
        one.Dispose();
        Assert.That(drained.IsCompleted, Is.False);

        other.Dispose();
        Assert.That(await drained.WaitAsync(CallRig.Patience), Is.True);
        Assert.That(Calls.CallsMustEnd.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task It_waits_for_a_stream_that_was_promised_and_for_its_call()
    {
        var token = _rig.Switchboard.Promise().Token;
        var drained = Drain.RunAsync();
        await PassAsync(1);
        Assert.That(drained.IsCompleted, Is.False);

        var place = _rig.Switchboard.Bring(token)!;
        await PassAsync(1);
        Assert.That(drained.IsCompleted, Is.False);
        place.Dispose();
        Assert.That(await drained.WaitAsync(CallRig.Patience), Is.True);
    }

    [Test]
    public async Task A_promise_that_nobody_comes_for_does_not_hold_it_up_for_longer_than_its_life()
    {
        _rig.Options.DrainTimeout = TimeSpan.FromHours(1);
        _rig.Options.PromiseLife = TimeSpan.FromSeconds(2);
        _rig.Switchboard.Promise();

        Assert.That(await _rig.SoonAsync(Drain.RunAsync(), atMost: 10), Is.True);
        Assert.That(Calls.CallsMustEnd.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task When_its_time_is_over_the_calls_are_ended_and_their_end_is_awaited()
    {
        var call = _rig.Switchboard.Enter();
        var drained = Drain.RunAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(4.999));
        await Task.Delay(20);
        Assert.That(Calls.CallsMustEnd.IsCancellationRequested, Is.False);

        _rig.Time.Advance(TimeSpan.FromSeconds(0.001));
        await CallRig.UntilAsync(() => Calls.CallsMustEnd.IsCancellationRequested, "ended");
        Assert.That(drained.IsCompleted, Is.False);
        call.Dispose();
        Assert.That(await drained.WaitAsync(CallRig.Patience), Is.True);
    }

    [Test]
    public async Task Called_off_calls_are_taken_again_and_nothing_is_lost()
    {
        using var call = _rig.Switchboard.Enter();
        var drained = Drain.RunAsync();
        Drain.CallOff();

        Assert.That(await drained.WaitAsync(CallRig.Patience), Is.False);
        Assert.That((Calls.Draining, Calls.HasRoom, Calls.CallsMustEnd.IsCancellationRequested), Is.EqualTo((false, true, false)));
    }

    [Test]
    public async Task Called_off_it_can_be_begun_again()
    {
        var call = _rig.Switchboard.Enter();
        var first = Drain.RunAsync();
        Drain.CallOff();
        await first.WaitAsync(CallRig.Patience);
        var second = Drain.RunAsync();
        call.Dispose();

        Assert.That(await second.WaitAsync(CallRig.Patience), Is.True);
    }

    [Test]
    public async Task Begun_again_as_soon_as_it_was_called_off_it_is_a_drain_of_its_own()
    {
        var call = _rig.Switchboard.Enter();
        for (var i = 0; i < 50; i++)
        {
            _ = Drain.RunAsync();
            Drain.CallOff();
        }

        var last = Drain.RunAsync();
        call.Dispose();
        Assert.That(await last.WaitAsync(CallRig.Patience), Is.True);
    }

    [Test]
    public async Task Calling_off_what_is_over_or_never_was_does_nothing()
    {
        Drain.CallOff();
        await Drain.RunAsync();
        Drain.CallOff();

        Assert.That(Calls.Draining, Is.True);
    }

    [Test]
    public async Task Asked_twice_it_is_one_drain()
    {
        using var call = _rig.Switchboard.Enter();
        var (one, other) = (Drain.RunAsync(), Drain.RunAsync());
        Assert.That(other, Is.SameAs(one));

        call.Dispose();
        await one.WaitAsync(CallRig.Patience);
        Assert.That(await Drain.RunAsync(), Is.True);
        Assert.That(_rig.DrainLogger.Entries.Count(e => e.Text.StartsWith("Draining:", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Forced_it_ends_the_calls_now_and_takes_no_more_than_two_seconds()
    {
        using var call = _rig.Switchboard.Enter();
        var drained = Drain.RunAsync();
        var forced = ForceAsync();
        Assert.That(Calls.CallsMustEnd.IsCancellationRequested, Is.True);

        Assert.That(await _rig.SoonAsync(forced, atMost: 2), Is.True);
        Assert.That(_rig.DrainLogger.Entries.Count(e => e.Level == LogLevel.Warning && e.Text.Contains("at once")), Is.EqualTo(1));
        call.Dispose();
        Assert.That(await drained.WaitAsync(CallRig.Patience), Is.True);
    }

    [Test]
    public async Task Forced_without_a_drain_before_it_ends_the_calls_too()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(20);
        Assert.That(await _rig.SoonAsync(ForceAsync(), atMost: 2), Is.True);

        await _rig.EndsOnceAsync(CallEndReason.Draining, modelCloses: 1);
    }

    [Test]
    public async Task Once_the_calls_are_told_to_end_it_cannot_be_called_off()
    {
        using var call = _rig.Switchboard.Enter();
        var drained = Drain.RunAsync();
        await Calls.EndCallsAsync();
        Drain.CallOff();

        Assert.That((Calls.Draining, drained.IsCompleted), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task It_lingers_until_Twilio_has_asked_about_the_last_call()
    {
        var drained = DrainAfter(CallEndReason.Draining);
        Assert.That(drained.IsCompleted, Is.False);

        await _rig.Outcomes.TakeAsync(TestNames.CallSid, CancellationToken.None);
        Assert.That(drained.IsCompleted, Is.False, "the answer is not with Twilio yet");
        _rig.Outcomes.Told(TestNames.CallSid);
        Assert.That(await drained.WaitAsync(CallRig.Patience), Is.True);
    }

    [Test]
    public async Task But_not_for_longer_than_a_second()
    {
        var drained = DrainAfter(CallEndReason.ModelFailed);
        _rig.Time.Advance(TimeSpan.FromSeconds(0.999));
        await Task.Delay(20);
        Assert.That(drained.IsCompleted, Is.False);

        _rig.Time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.That(await drained.WaitAsync(CallRig.Patience), Is.True);
    }

    [Test]
    public async Task About_a_call_that_was_hung_up_nobody_asks() =>
        Assert.That(await DrainAfter(CallEndReason.CallerHungUp).WaitAsync(CallRig.Patience), Is.True);

    /// <summary>A drain that begins when a call has just ended.</summary>
    private Task<bool> DrainAfter(CallEndReason reason)
    {
        _rig.Outcomes.Begin(TestNames.CallSid);
        _rig.Outcomes.Record(TestNames.CallSid, reason, goodbyeHeard: false, []);
        return Drain.RunAsync();
    }

    private async Task<bool> ForceAsync()
    {
        await Drain.ForceAsync();
        return true;
    }

    private async Task PassAsync(double seconds)
    {
        for (; seconds > 0; seconds -= 0.25)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(0.25));
            await Task.Delay(5);
        }
    }
}
