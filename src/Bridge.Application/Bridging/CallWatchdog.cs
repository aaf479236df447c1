using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// Looks at the clock a few times a second and does what the call decides: the filler, another try, another session, the
/// goodbye, the end. It never waits for either far end, so nothing can keep it from looking; and what it does, it does beside
/// the wheel, on which the looks of all other calls wait for this one.
/// </summary>
internal sealed partial class CallWatchdog(
    CallInProgress call,
    CallerLine line,
    ModelSide model,
    CallerAudioSender sender,
    IRecordings recordings,
    BridgeMetrics metrics,
    BridgeOptions options,
    TimerWheel wheel,
    ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>A gap in the caller's audio that is worth a line in the log.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(3);

    /// <summary>A batch of the caller's audio this old waits for frames that do not come.</summary>
    private static readonly TimeSpan OldBatch = TimeSpan.FromMilliseconds(AudioBatch.LongestMs);

    private readonly TaskCompletionSource<CallEndReason> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _doing = Task.CompletedTask;
    private Task _sendingOn = Task.CompletedTask;
    private TimeSpan _doingSince;
    private bool _gapTold;

    /// <summary>Runs until it finds that the call must end, and says why; or until the call is over.</summary>
    public async Task<CallEndReason> RunAsync(CancellationToken callOver)
    {
        using var looks = wheel.Add(TakeALook, fault => _found.TrySetException(fault));
        // The reason of whoever ended the call stands already: this one says nothing, and costs no exception.
        await using var over = callOver.Register(() => _found.TrySetResult(CallEndReason.CallerHungUp));
        looks.Every(Interval);
        return await _found.Task;
    }

    /// <summary>Waits for what it was doing when the call ended. Both sockets are closed by then, so that ends; how, is of no matter any more.</summary>
    public Task DoneAsync() => Task.WhenAll(_doing, _sendingOn);

    private void TakeALook()
    {
        if (!_found.Task.IsCompleted && Look() is { } reason)
            _found.TrySetResult(reason);
    }

    private CallEndReason? Look()
    {
        TimeSpan gap;
        lock (call.Gate)
            gap = call.Elapsed - call.LastFrame;
        if (gap >= options.MediaTimeout)
            return CallEndReason.StreamLost;
        TellOf(gap);
        if (sender.StuckFor >= options.SendTimeout)
            model.Replace("stuck");
        if (_sendingOn.IsCompleted && sender.HasLeftOver(OldBatch))
            _sendingOn = BesideAsync(SendOnAsync);
        model.ExchangeInTime();
        if (!_doing.IsCompleted)
        {
            if (call.Elapsed - _doingSince >= options.SendTimeout)
                model.Replace("stuck");
            return null;
        }

        WatchDecision decision;
        lock (call.Gate)
            decision = call.State.Watch(call.Elapsed);
        if (decision.Action == WatchAction.End)
            return decision.Reason;
        if (decision.Action != WatchAction.None)
            Begin(decision);
        return null;
    }

    /// <summary>A method of its own: what a lambda captures is made where it is declared, so in <see cref="Look"/> each look would make one.</summary>
    private void Begin(WatchDecision decision) => (_doing, _doingSince) = (BesideAsync(() => DoAsync(decision)), call.Elapsed);

    /// <summary>A recording is written out, a command put together, seconds of audio sent: that is for the thread pool.</summary>
    private Task BesideAsync(Func<Task> work) => wheel.DoBesideAsync(async () =>
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
        catch (Exception e)
        {
            call.Fail(e);
        }
    });

    private Task SendOnAsync()
    {
        sender.SendOn();
        return Task.CompletedTask;
    }

    private async Task DoAsync(WatchDecision decision)
    {
        switch (decision.Action)
        {
            case WatchAction.PlayFiller:
                LogFiller();
                metrics.RecordingPlayed("filler");
                await line.PlayRecordingAsync(recordings.Filler, CancellationToken.None);
                break;

            case WatchAction.PlayApology:
                LogApology();
                metrics.RecordingPlayed("say_again");
                await line.PlayRecordingAsync(recordings.SayAgain, CancellationToken.None);
                break;

            case WatchAction.Ask or WatchAction.Probe:
                await model.DoAsync(decision);
                break;

            case WatchAction.ReplaceSession:
                model.Replace("mute");
                break;
        }
    }

    private void TellOf(TimeSpan gap)
    {
        if (gap >= Gap && !_gapTold)
            LogGap(gap.TotalSeconds);
        _gapTold = gap >= Gap;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No audio from the caller's line for {Seconds:F1} s")]
    private partial void LogGap(double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "The model is slow: the caller hears the filler")]
    private partial void LogFiller();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model has no answer: the caller is asked to say it again")]
    private partial void LogApology();
}
