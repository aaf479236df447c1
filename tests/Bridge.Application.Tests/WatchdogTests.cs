using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>Whatever a far end does or leaves undone, the call's clock is looked at, and the call ends on time.</summary>
public sealed class WatchdogTests
{
    private CallRig _rig = null!;

    [SetUp]
    public void ACallOfTwentySeconds() => _rig = new CallRig(o => o.Patience = new PatienceOptions
    {
        StallAfter = TimeSpan.FromSeconds(5),
        MaxCallDuration = TimeSpan.FromSeconds(20),
        GoodbyeWithin = TimeSpan.FromSeconds(5),
    });

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task A_line_that_brings_nothing_for_ten_seconds_is_lost()
    {
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1);
        await _rig.PassAsync(2);
        await SilenceAsync(9.75);
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);

        await SilenceAsync(0.25);
        await _rig.EndsOnceAsync(CallEndReason.StreamLost, modelCloses: 1);
        Assert.That(_rig.Mediator.Ended.Single().Summary.Duration, Is.EqualTo(TimeSpan.FromSeconds(12)));
    }

    [Test]
    public async Task A_gap_of_three_seconds_is_one_line_in_the_log()
    {
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1);
        await SilenceAsync(2.75);
        Assert.That(Gaps(), Is.Zero);
        await SilenceAsync(4);
        Assert.That(Gaps(), Is.EqualTo(1));

        await _rig.PassAsync(0.5);
        await SilenceAsync(3);
        Assert.That(Gaps(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_frame_just_in_time_keeps_the_call()
    {
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1);
        await SilenceAsync(9.75);
        await _rig.Twilio.FrameAsync(null);
        await SilenceAsync(9.75);

        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);
    }

    [Test]
    public async Task A_model_that_never_takes_its_first_request_cannot_keep_the_call_from_ending()
    {
        _rig.Model.StuckAtCommands = true;
        _rig.Start();
        await _rig.PassAsync(25);

        await AssertOverAsync();
    }

    [Test]
    public async Task A_model_that_does_not_take_the_second_request_cannot_keep_the_call_from_ending()
    {
        _rig.Start();
        _rig.Model.StuckAtCommands = true;
        await _rig.PassAsync(25);

        await AssertOverAsync();
    }

    [Test]
    public async Task A_model_that_does_not_take_the_goodbye_cannot_keep_the_call_from_ending()
    {
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1);
        await _rig.PassAsync(10);
        _rig.Model.StuckAtCommands = true;
        await _rig.PassAsync(15);

        await AssertOverAsync();
        Assert.That(_rig.Mediator.Ended.Single().Summary.Reason, Is.EqualTo(CallEndReason.TooLong));
    }

    [Test]
    public async Task A_model_that_never_opens_cannot_keep_the_call_from_ending()
    {
        _rig.Mediator.HoldOpening();
        _rig.Start();
        await _rig.PassAsync(25);

        await _rig.EndsOnceAsync(CallEndReason.TooLong, modelCloses: 0);
    }

    [Test]
    public async Task A_line_that_takes_no_filler_cannot_keep_the_call_from_ending_and_leaves_nothing_behind()
    {
        Exception? unobserved = null;
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved = e.Exception;
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            _rig.Twilio.Stuck = true;
            _rig.Start();
            await _rig.PassAsync(3);
            await _rig.Twilio.StopAsync();
            await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
            _rig.Dispose();
            _rig = new CallRig();
            for (var i = 0; i < 5; i++)
            {
                await Task.Delay(10);
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.That(unobserved, Is.Null);
    }

    [Test]
    public async Task A_fault_while_silence_is_filled_in_ends_this_call_and_harms_no_timer()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(0);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        _rig.Model.AppendFault = new NotSupportedException("a fault of ours");
        Assert.That(() => _rig.Time.Advance(TimeSpan.FromSeconds(1)), Throws.Nothing, "on a real clock it would have been the process's end");

        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await _rig.EndsOnceAsync(CallEndReason.InternalError, modelCloses: 1);
    }

    [Test]
    public async Task A_recording_is_put_together_beside_the_wheel_on_which_all_calls_wait_for_each_other()
    {
        _rig.Beside.IsThePool = true;
        using var mayGoOn = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Twilio.Sending = () =>
        {
            begun.TrySetResult();
            mayGoOn.Wait();
        };
        _rig.Start();
        await _rig.Model.ReadyAsync();
        var turn = Task.Run(() => _rig.Time.Advance(TimeSpan.FromSeconds(3)));
        try
        {
            await begun.Task.WaitAsync(CallRig.Patience);
            Assert.That(() => turn.WaitAsync(CallRig.Patience), Throws.Nothing);
        }
        finally
        {
            mayGoOn.Set();
        }
    }

    [Test]
    public async Task Audio_that_waited_is_sent_on_beside_it_too()
    {
        _rig.Beside.IsThePool = true;
        using var mayGoOn = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Start();
        await _rig.Model.ReadyAsync();
        _rig.Model.Stuck = true;
        await _rig.Twilio.FrameAsync(null);
        await _rig.Twilio.FrameAsync(null);
        _rig.Model.Appending = () =>
        {
            begun.TrySetResult();
            mayGoOn.Wait();
        };
        _rig.Model.TakesAgain();
        var turn = Task.Run(() => _rig.Time.Advance(TimeSpan.FromMilliseconds(250)));
        try
        {
            await begun.Task.WaitAsync(CallRig.Patience);
            Assert.That(() => turn.WaitAsync(CallRig.Patience), Throws.Nothing);
        }
        finally
        {
            mayGoOn.Set();
        }
    }

    private int Gaps() => _rig.Logger.Entries.Count(e => e.Level == LogLevel.Warning && e.Text.Contains("No audio from the caller"));

    private async Task AssertOverAsync()
    {
        await _rig.Run.WaitAsync(CallRig.Patience);
        Assert.That((_rig.Registry.Active, _rig.Log.Count("model close"), _rig.Log.Count("twilio close")), Is.EqualTo((0, 1, 1)));
    }

    /// <summary>Time passes, and no frame comes.</summary>
    private async Task SilenceAsync(double seconds)
    {
        for (; seconds > 0; seconds -= 0.25)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(0.25));
            await Task.Yield();
        }
    }
}
