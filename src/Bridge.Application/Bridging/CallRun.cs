using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// The life of one call: the model's side, the caller's side, and the watch over both. Each returns why the call is over; the
/// first reason stands, is written down for Twilio's next question, and ends all the others.
/// </summary>
internal sealed partial class CallRun(CallInProgress call, ITwilioMediaSocket socket, CallParts parts, ILogger logger)
{
    /// <summary>How long a connection that is gone may take to be read to its end.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs until all sides are over and both sockets are closed.</summary>
    /// <param name="before">What became of the stream before this one, whose conversation goes on; null for a new call.</param>
    /// <param name="aborted">Cancelled when the connection is gone.</param>
    public async Task RunAsync(CallOutcome? before, CancellationToken aborted)
    {
        call.State.StreamStarted();
        call.TurnEnded = PublishAsync;
        var options = parts.Options;
        using var over = new CancellationTokenSource();
        using var sender = new CallerAudioSender(call, parts.Batching);
        using var line = new CallerLine(call, socket, options.SendTimeout, parts.Time, logger);
        using var model = new ModelSide(call, line, sender, parts.Mediator, parts.Metrics, options, parts.Time, parts.Wheel, logger);
        var watchdog = new CallWatchdog(call, line, model, sender, parts.Recordings, parts.Metrics, options, parts.Wheel, logger);
        var modelSide = GuardAsync(model.RunAsync(before is null or { History: [] } ? parts.Assistant.Greeting : parts.Assistant.TakeUp, before?.History ?? []), aborted);
        var callerSide = GuardAsync(new CallerToModelPump(call, socket, sender).RunAsync(over.Token), aborted);
        var watch = GuardAsync(watchdog.RunAsync(over.Token), aborted);
        var cut = new TaskCompletionSource<CallEndReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var drain = parts.Calls.CallsMustEnd.Register(() => cut.TrySetResult(CallEndReason.Draining));
        using var broken = aborted.Register(() => _ = WaitForLastWordsAsync(cut));

        var reason = await await Task.WhenAny(callerSide, modelSide, watch, cut.Task, line.Stuck, GuardAsync(call.Failed, aborted));
        End(reason);

        await Task.WhenAll(model.CloseAsync(modelSide), CloseStreamAsync(isRefused: reason == CallEndReason.ProtocolViolation));
        await over.CancelAsync();
        await Task.WhenAll(callerSide, watch, watchdog.DoneAsync());
        call.HandOnEndedTurns();
    }

    /// <summary>A connection that is gone is read to its end first: there may be a stop in it. No timer before it is needed.</summary>
    private async Task WaitForLastWordsAsync(TaskCompletionSource<CallEndReason> cut)
    {
        await Task.Delay(LastWords, parts.Time);
        cut.TrySetResult(CallEndReason.StreamLost);
    }

    private async Task CloseStreamAsync(bool isRefused)
    {
        try
        {
            await socket.CloseAsync(isRefused);
        }
        catch (Exception e)
        {
            LogFault(e);
        }
    }

    /// <summary>The outcome is there before the stream is closed: Twilio asks for it at once.</summary>
    private void End(CallEndReason reason)
    {
        IReadOnlyList<TranscriptTurn> history;
        bool goodbye;
        lock (call.Gate)
        {
            call.State.TryEnd(reason, call.Elapsed);
            history = [.. call.EarlierTurns, .. call.State.Transcript.Turns()];
            goodbye = call.State.GoodbyeHeard;
            reason = call.State.EndReason ?? reason;
        }

        parts.Outcomes.Record(call.State.Identity.CallSid, reason, goodbye, history);
    }

    private Task PublishAsync(TranscriptTurn turn)
    {
        LogTurnSensitive(turn.Speaker, turn.Heard, turn.Unheard);
        return parts.Publisher.PublishAsync(new TurnEnded(call.State.Identity, turn));
    }

    /// <summary>A side returns its reason; what it throws is Twilio's breach of protocol, or a fault of ours, which ends this call alone.</summary>
    private async Task<CallEndReason> GuardAsync(Task<CallEndReason> side, CancellationToken aborted)
    {
        try
        {
            var reason = await side;
            // When the caller's connection is gone, all sides end, in no order.
            return aborted.IsCancellationRequested && reason != CallEndReason.CallerHungUp ? CallEndReason.StreamLost : reason;
        }
        catch (MediaStreamException e)
        {
            LogProtocolViolation(e.Message);
            return CallEndReason.ProtocolViolation;
        }
        catch (OperationCanceledException)
        {
            // The connection was aborted under it; or the call is over, and its reason stands.
            return CallEndReason.StreamLost;
        }
        catch (Exception e)
        {
            LogFault(e);
            return CallEndReason.InternalError;
        }
    }

    [LoggerMessage(Level = LogLevel.Trace, Message = "{Speaker}: {Heard} | {Unheard}")]
    private partial void LogTurnSensitive(Speaker speaker, string heard, string unheard);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Twilio broke the media stream's protocol: {Why}")]
    private partial void LogProtocolViolation(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The call ends for a fault of ours")]
    private partial void LogFault(Exception exception);
}
