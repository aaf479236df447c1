using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>The frame of a call: admission, handshake, what is published and logged.</summary>
public sealed class CallBridgeTests
{
    private readonly CallRig _rig = new(o =>
    {
        CallRig.Endless(o);
        o.MaxConcurrentCalls = 1;
    });

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task Nothing_at_all_happens_before_start()
    {
        var start = new TaskCompletionSource<MediaStreamStart>();
        _rig.Twilio.Handshake = token => start.Task.WaitAsync(token);
        _rig.Start();
        Assert.That(_rig.Log.Entries, Is.Empty);
        Assert.That(_rig.Mediator.Request, Is.Null, "a model is dialled");

        start.SetException(new MediaStreamException("Twilio closed before it said start."));
        await _rig.Run.WaitAsync(CallRig.Patience);
        Assert.That(_rig.Log.Entries, Is.EqualTo(new[] { "twilio refuse" }));
        Assert.That(_rig.Registry.Active, Is.Zero);
    }

    [Test]
    public async Task A_stream_that_never_says_start_is_closed_when_its_time_is_over()
    {
        _rig.Twilio.Handshake = token => new TaskCompletionSource<MediaStreamStart>().Task.WaitAsync(token);
        _rig.Start();
        _rig.Time.Advance(_rig.Options.HandshakeTimeout - TimeSpan.FromMilliseconds(1));
        Assert.That(_rig.Run.IsCompleted, Is.False);

        _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        await _rig.Run.WaitAsync(CallRig.Patience);
        Assert.That(_rig.Log.Entries, Is.EqualTo(new[] { "twilio refuse" }));
    }

    [Test]
    public async Task A_stream_that_has_not_said_start_is_closed_and_not_reset_when_the_service_stops()
    {
        var told = new CancellationToken();
        _rig.Twilio.Handshake = token =>
        {
            told = token;
            return new TaskCompletionSource<MediaStreamStart>().Task.WaitAsync(token);
        };
        _rig.Start();
        _rig.Options.DrainTimeout = TimeSpan.Zero;
        var drained = _rig.Drain.RunAsync();

        await _rig.Run.WaitAsync(CallRig.Patience);
        Assert.That(await _rig.SoonAsync(drained), Is.True);
        Assert.That(_rig.Log.Entries, Is.EqualTo(new[] { "twilio close" }));
        Assert.That(told.IsCancellationRequested, Is.False, "cancelling a read destroys the socket");
    }

    [Test]
    public async Task A_connection_that_is_gone_before_start_is_tidied_up()
    {
        _rig.Twilio.Handshake = token => new TaskCompletionSource<MediaStreamStart>().Task.WaitAsync(token);
        _rig.Start();
        await _rig.AbortAsync();

        await _rig.Run.WaitAsync(CallRig.Patience);
        Assert.That(_rig.Log.Entries, Is.EqualTo(new[] { "twilio refuse" }));
        Assert.That((_rig.Registry.Active, _rig.Mediator.Published.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_fault_in_the_handshake_closes_the_stream_and_reaches_nobody()
    {
        _rig.Twilio.Handshake = _ => throw new NotSupportedException("a fault of ours");
        _rig.Start();

        await _rig.Run.WaitAsync(CallRig.Patience);
        Assert.That(_rig.Log.Entries, Is.EqualTo(new[] { "twilio refuse" }));
    }

    [Test]
    public async Task A_call_holds_its_place_until_it_is_over()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(20);
        Assert.That(_rig.Registry.Active, Is.EqualTo(1));

        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();
        Assert.That(_rig.Registry.Active, Is.Zero);
    }

    [Test]
    public async Task Its_start_and_end_are_published_once_each_and_the_end_after_both_sides_are_closed()
    {
        _rig.Start();
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        Assert.That(_rig.Mediator.Published.Select(n => n.GetType()), Is.EqualTo(new[] { typeof(CallStarted), typeof(CallEnded) }));
        Assert.That(_rig.Log.Entries[^1], Is.EqualTo("published CallEnded"));
        Assert.That(((CallStarted)_rig.Mediator.Published[0]).Call, Is.EqualTo(TestNames.Identity));
    }

    [Test]
    public async Task A_listener_that_fails_ends_no_call_and_keeps_none_from_ending()
    {
        _rig.Mediator.Listener = _ => throw new InvalidOperationException("A listener's own fault.");
        _rig.Start();
        await _rig.Twilio.FrameAsync(20);
        await _rig.Twilio.FrameAsync(40);
        Assert.That(_rig.Run.IsCompleted, Is.False);

        await _rig.Twilio.StopAsync();
        var summary = await _rig.EndAsync();
        Assert.That((summary.Reason, summary.CallerFrames), Is.EqualTo((CallEndReason.CallerHungUp, 2L)));
        Assert.That(_rig.Mediator.Published, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Nobodys_audio_waits_for_a_slow_listener()
    {
        var slow = new TaskCompletionSource();
        _rig.Mediator.Listener = n => n is CallStarted ? slow.Task : Task.CompletedTask;
        _rig.Start();
        try
        {
            await _rig.Twilio.FrameAsync(20);
            Assert.That(_rig.Model.Heard.Length, Is.EqualTo(160));
        }
        finally
        {
            slow.SetResult();
        }
    }

    [Test]
    public async Task The_summary_counts_what_was_carried()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(20);
        await _rig.Twilio.FrameAsync(40);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 200);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 200);
        _rig.Time.Advance(TimeSpan.FromSeconds(42));
        _rig.Twilio.Skips = new MediaStreamSkips(3, 4);
        await _rig.Twilio.StopAsync();

        Assert.That(await _rig.EndAsync(), Is.EqualTo(
            new CallSummary(TestNames.Identity, CallEndReason.CallerHungUp, TimeSpan.FromSeconds(42), 2, 0, 1, 1, 0, new MediaStreamSkips(3, 4))));
    }

    [Test]
    public async Task The_session_is_opened_for_this_call()
    {
        _rig.Start();
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        Assert.That(_rig.Mediator.Request!.Call, Is.EqualTo(TestNames.Identity));
    }

    [Test]
    public async Task Start_and_end_with_its_reason_are_logged_at_Information_in_the_calls_scope()
    {
        _rig.Start();
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        var lines = _rig.Logger.Entries.Where(e => e.Level == LogLevel.Information).Select(e => e.Text).ToList();
        Assert.That(lines, Has.Some.Contains("Incoming stream started"));
        Assert.That(lines, Has.Some.Contains("CallerHungUp"));
        var scope = (IEnumerable<KeyValuePair<string, object>>)_rig.Logger.Scopes.Single();
        Assert.That(scope, Is.EquivalentTo(new[]
        {
            KeyValuePair.Create<string, object>("CallSid", TestNames.CallSid), KeyValuePair.Create<string, object>("StreamSid", TestNames.StreamSid),
        }));
    }

    [Test]
    public async Task A_mark_without_audio_before_it_or_of_another_call_is_harmless()
    {
        _rig.Start();
        await _rig.Twilio.SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Mark, Mark: new Mark(9, 9)));
        await _rig.Twilio.StopAsync();

        Assert.That((await _rig.EndAsync()).Reason, Is.EqualTo(CallEndReason.CallerHungUp));
    }
}
