using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Turns;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// Carries one session of the model to the caller: audio goes out, and the caller's speech clears the line. It asks the call
/// what to do and does it; it decides nothing.
/// </summary>
internal sealed partial class ModelToCallerPump(
    CallInProgress call,
    CallerLine line,
    IRealtimeSession session,
    ModelConversation conversation,
    InactivityPadding padding,
    BridgeMetrics metrics,
    TimeProvider time,
    bool logTiming,
    ILogger logger)
{
    private long? _speechStopped;

    /// <summary>Runs until the session is over. Returns why the call is over with it; null when it can go on in another. Throws only what is a fault of ours.</summary>
    public async Task<CallEndReason?> RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in session.ReadEventsAsync(cancellationToken))
        {
            // Audio is a sign by itself, and takes the lock once.
            if (e.Kind != RealtimeEventKind.AudioDelta)
            {
                lock (call.Gate)
                    call.State.ModelShowedSign(call.Elapsed);
            }

            switch (e.Kind)
            {
                case RealtimeEventKind.AudioDelta:
                    await PlayAsync(e, cancellationToken);
                    break;

                case RealtimeEventKind.ItemFinished:
                    await line.FinishItemAsync(e.Item, cancellationToken);
                    break;

                case RealtimeEventKind.SpeechStarted:
                    await InterruptAsync(cancellationToken);
                    padding.SpeechStarted();
                    break;

                case RealtimeEventKind.SpeechStopped:
                    _speechStopped = time.GetTimestamp();
                    lock (call.Gate)
                        call.State.CallerStoppedSpeaking(call.Elapsed);
                    padding.SpeechStopped();
                    break;

                default:
                    if (await conversation.TakeAsync(e, cancellationToken) is { } end)
                        return end.Reason;
                    break;
            }

            if (line.TakeCut() is { } cut)
                await TellAsync(cut, cancellationToken);
        }

        return null;
    }

    private async ValueTask PlayAsync(RealtimeEvent delta, CancellationToken cancellationToken)
    {
        var decision = await line.PlayAsync(delta, cancellationToken);
        if (decision.Forget is { } unheard)
            await session.TruncateAsync(unheard, cancellationToken);
        if (decision.Send && _speechStopped is { } stopped)
        {
            metrics.FirstAudio(time.GetElapsedTime(stopped));
            _speechStopped = null;
        }
    }

    /// <summary>Silence on the line first, the model's memory second: the caller waits for the one, nobody for the other.</summary>
    private async ValueTask InterruptAsync(CancellationToken cancellationToken)
    {
        var heard = time.GetTimestamp();
        var interruption = await line.InterruptAsync(cancellationToken);
        if (!interruption.Clear)
            return;
        metrics.Interrupted(time.GetElapsedTime(heard));
        call.Interruptions++;
        await TellAsync(interruption, cancellationToken);
        LogInterrupted(interruption.Truncations.Count, interruption.Truncations.Count > 0 ? interruption.Truncations[0].AudioEndMs : 0);
    }

    private async ValueTask TellAsync(Interruption interruption, CancellationToken cancellationToken)
    {
        foreach (var truncation in interruption.Truncations)
        {
            await session.TruncateAsync(truncation, cancellationToken);
            if (logTiming)
                LogTiming(truncation.Item.ItemId, truncation.Item.ContentIndex, truncation.SentMs, truncation.AudioEndMs, truncation.SentMs - truncation.AudioEndMs);
        }

        foreach (var turn in interruption.Corrections)
            await session.CorrectAsync(turn, cancellationToken);
        call.HandOnEndedTurns();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Interrupted: the caller speaks; line cleared, {Items} item(s) truncated, the first at {HeardMs} ms")]
    private partial void LogInterrupted(int items, int heardMs);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Timing: item {ItemId} content {ContentIndex}: sent {SentMs} ms - unheard {UnheardMs} ms = heard {HeardMs} ms, truncated there")]
    private partial void LogTiming(string itemId, int contentIndex, int sentMs, int heardMs, int unheardMs);
}
