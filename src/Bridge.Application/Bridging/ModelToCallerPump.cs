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
    CallInProgress call, ITwilioMediaSocket socket, IRealtimeSession session, BridgeMetrics metrics, TimeProvider time, bool logTiming, ILogger logger)
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
                    if (end is { } mark)
                        await socket.SendMarkAsync(mark, cancellationToken);
                    break;

                case RealtimeEventKind.SpeechStarted:
                    await InterruptAsync(cancellationToken);
                    break;

                case RealtimeEventKind.SpeechStopped:
                    _speechStopped = time.GetTimestamp();
                    break;

                case RealtimeEventKind.ResponseStarted:
                    lock (call.Gate)
                        call.State.ResponseStarted(e.ResponseId!);
                    break;

                case RealtimeEventKind.ResponseFinished:
                    lock (call.Gate)
                        call.State.ResponseFinished(e.ResponseId!);
                    if (e.Error is { } failure)
                        LogResponseFailed(failure.Code, failure.Message);
                    if (e.Error is { Fatal: true })
                        return CallEndReason.ModelFailed;
                    break;

                case RealtimeEventKind.Error when e.Error is { } error:
                    LogModelError(error.Code, error.Message);
                    if (error.Fatal)
                        return CallEndReason.ModelFailed;
                    break;
            }
        }

        return CallEndReason.ModelClosed;
    }

    private async ValueTask PlayAsync(RealtimeEvent delta, CancellationToken cancellationToken)
    {
        bool play;
        Mark? mark;
        lock (call.Gate)
            play = call.State.TryPlay(delta.ResponseId!, delta.Item, delta.Audio.Length, out mark);
        if (!play)
            return;
        await socket.SendMediaAsync(delta.Audio, cancellationToken);
        if (mark is { } wanted)
            await socket.SendMarkAsync(wanted, cancellationToken);
        call.AssistantDeltas++;
        if (_speechStopped is { } stopped)
        {
            metrics.FirstAudio(time.GetElapsedTime(stopped));
            _speechStopped = null;
        }
    }

    /// <summary>Silence on the line first, the model's memory second: the caller waits for the one, nobody for the other.</summary>
    private async ValueTask InterruptAsync(CancellationToken cancellationToken)
    {
        var heard = time.GetTimestamp();
        Interruption interruption;
        lock (call.Gate)
            interruption = call.State.CallerStartedSpeaking();
        if (interruption == Interruption.None)
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

        LogInterrupted(interruption.Truncations.Count, interruption.Truncations[0].AudioEndMs);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Interrupted: the caller speaks; line cleared, {Items} item(s) truncated, the first at {HeardMs} ms")]
    private partial void LogInterrupted(int items, int heardMs);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Timing: item {ItemId} content {ContentIndex}: sent {SentMs} ms - unheard {UnheardMs} ms = heard {HeardMs} ms, truncated there")]
    private partial void LogTiming(string itemId, int contentIndex, int sentMs, int heardMs, int unheardMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model reports an error: {Code}: {ErrorMessage}")]
    private partial void LogModelError(string code, string errorMessage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model's response failed: {Code}: {ErrorMessage}")]
    private partial void LogResponseFailed(string code, string errorMessage);
}
