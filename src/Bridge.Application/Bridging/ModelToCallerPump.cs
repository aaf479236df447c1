using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// Carries the model to the caller: audio and its marks go out, and the caller's speech clears the line. The only writer to
/// Twilio. It asks the call what to do and does it; it decides nothing.
/// </summary>
internal sealed partial class ModelToCallerPump(
    CallInProgress call,
    ITwilioMediaSocket socket,
    IRealtimeSession session,
    ModelConversation conversation,
    InactivityPadding padding,
    BridgeMetrics metrics,
    TimeProvider time,
    bool logTiming,
    ILogger logger)
{
    private long? _speechStopped;

    /// <summary>Runs until the model's side is over and says why. Throws only what is a fault of ours.</summary>
    public async Task<CallEndReason> RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in session.ReadEventsAsync(cancellationToken))
        {
            switch (e.Kind)
            {
                case RealtimeEventKind.AudioDelta:
                    await PlayAsync(e, cancellationToken);
                    break;

                case RealtimeEventKind.ItemFinished:
                    Mark? end;
                    lock (call.Gate)
                        end = call.State.ItemFinished(e.Item);
                    await SendMarkAsync(end, cancellationToken);
                    break;

                case RealtimeEventKind.SpeechStarted:
                    await InterruptAsync(cancellationToken);
                    padding.SpeechStarted();
                    break;

                case RealtimeEventKind.SpeechStopped:
                    _speechStopped = time.GetTimestamp();
                    lock (call.Gate)
                        call.State.CallerStoppedSpeaking();
                    padding.SpeechStopped();
                    break;

                default:
                    if (!await conversation.GoesOnAsync(e, cancellationToken))
                        return CallEndReason.ModelFailed;
                    break;
            }
        }

        return CallEndReason.ModelClosed;
    }

    private async ValueTask PlayAsync(RealtimeEvent delta, CancellationToken cancellationToken)
    {
        PlayDecision decision;
        lock (call.Gate)
            decision = call.State.Play(delta.ResponseId!, delta.Item, delta.Audio.Length, call.Elapsed);
        if (decision.Forget is { } unheard)
            await session.TruncateAsync(unheard, cancellationToken);
        if (!decision.Send)
            return;
        await SendMarkAsync(decision.Marks.Before, cancellationToken);
        await socket.SendMediaAsync(delta.Audio, cancellationToken);
        await SendMarkAsync(decision.Marks.After, cancellationToken);
        call.AssistantDeltas++;
        if (_speechStopped is { } stopped)
        {
            metrics.FirstAudio(time.GetElapsedTime(stopped));
            _speechStopped = null;
        }
    }

    private ValueTask SendMarkAsync(Mark? mark, CancellationToken cancellationToken) =>
        mark is { } wanted ? socket.SendMarkAsync(wanted, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Silence on the line first, the model's memory second: the caller waits for the one, nobody for the other.</summary>
    private async ValueTask InterruptAsync(CancellationToken cancellationToken)
    {
        var heard = time.GetTimestamp();
        Interruption interruption;
        lock (call.Gate)
            interruption = call.State.CallerStartedSpeaking(call.Elapsed);
        if (!interruption.Clear)
            return;
        await socket.SendClearAsync(cancellationToken);
        metrics.Interrupted(time.GetElapsedTime(heard));
        call.Interruptions++;
        foreach (var truncation in interruption.Truncations)
        {
            await session.TruncateAsync(truncation, cancellationToken);
            if (logTiming)
                LogTiming(truncation.Item.ItemId, truncation.Item.ContentIndex, truncation.SentMs, truncation.AudioEndMs, truncation.SentMs - truncation.AudioEndMs);
        }

        LogInterrupted(interruption.Truncations.Count, interruption.Truncations.Count > 0 ? interruption.Truncations[0].AudioEndMs : 0);
        call.HandOnEndedTurns();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Interrupted: the caller speaks; line cleared, {Items} item(s) truncated, the first at {HeardMs} ms")]
    private partial void LogInterrupted(int items, int heardMs);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Timing: item {ItemId} content {ContentIndex}: sent {SentMs} ms - unheard {UnheardMs} ms = heard {HeardMs} ms, truncated there")]
    private partial void LogTiming(string itemId, int contentIndex, int sentMs, int heardMs, int unheardMs);
}
