using Bridge.Application.Abstractions;
using Bridge.Domain.Turns;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// What the model says beside audio: responses that begin and end, words, errors. Sends what the call's arbiter wants sent.
/// </summary>
internal sealed partial class ModelConversation(CallInProgress call, IRealtimeSession session, BridgeMetrics metrics, ILogger logger)
{
    /// <summary>Asks for a response as soon as none is active.</summary>
    public async ValueTask AskForResponseAsync(string prompt, CancellationToken cancellationToken)
    {
        ResponseRequest? request;
        lock (call.Gate)
            request = call.State.AskForResponse(prompt);
        await SendAsync(request, cancellationToken);
    }

    /// <summary>Takes an event; false when the conversation cannot go on.</summary>
    public async ValueTask<bool> GoesOnAsync(RealtimeEvent e, CancellationToken cancellationToken)
    {
        switch (e.Kind)
        {
            case RealtimeEventKind.ResponseStarted:
                bool unwanted;
                lock (call.Gate)
                    unwanted = call.State.ResponseStarted(e.ResponseId!, e.Request);
                if (unwanted)
                {
                    LogOrphan(e.ResponseId!);
                    await session.CancelResponseAsync(e.ResponseId!, cancellationToken);
                }

                return true;

            case RealtimeEventKind.ResponseFinished:
                ResponseRequest? next;
                lock (call.Gate)
                    next = call.State.ResponseFinished(e.ResponseId!);
                call.HandOnEndedTurns();
                if (e.Error is { } failure)
                {
                    LogResponseFailed(failure.Code, failure.Parameter);
                    LogErrorSensitive(failure.Message);
                }

                if (e.Error is { Kind: RealtimeErrorKind.Fatal })
                    return false;
                await SendAsync(next, cancellationToken);
                return true;

            case RealtimeEventKind.Error when e.Error is { } error:
                return await GoesOnAfterAsync(error, cancellationToken);

            default:
                TakeWords(e);
                return true;
        }
    }

    private async ValueTask<bool> GoesOnAfterAsync(RealtimeError error, CancellationToken cancellationToken)
    {
        ResponseRequest? next = null;
        switch (error.Kind)
        {
            case RealtimeErrorKind.ResponseActive:
                metrics.Raced("response_active");
                LogRace(error.Code, error.Request);
                lock (call.Gate)
                    next = call.State.ResponseRefused(error.Request);
                break;

            case RealtimeErrorKind.NothingToCancel:
                metrics.Raced("nothing_to_cancel");
                LogRace(error.Code, error.Request);
                break;

            default:
                LogModelError(error.Code, error.Parameter, error.About);
                LogErrorSensitive(error.Message);
                lock (call.Gate)
                    next = call.State.ResponseFailed(error.Request);
                break;
        }

        if (error.Kind == RealtimeErrorKind.Fatal)
            return false;
        await SendAsync(next, cancellationToken);
        return true;
    }

    private void TakeWords(in RealtimeEvent e)
    {
        lock (call.Gate)
        {
            var transcript = call.State.Transcript;
            if (e.Kind == RealtimeEventKind.ItemAdded)
                transcript.Added(e.Item.ItemId, e.PreviousItemId, e.Speaker);
            else if (e.Kind == RealtimeEventKind.TextDelta)
                transcript.Append(e.Item, e.Text ?? "");
            else if (e.Kind == RealtimeEventKind.TextFinished)
                transcript.Complete(e.Item, e.Speaker, e.Text);
        }

        if (e.Kind == RealtimeEventKind.TextFinished)
            call.HandOnEndedTurns();
    }

    private ValueTask SendAsync(ResponseRequest? request, CancellationToken cancellationToken) =>
        request is null ? ValueTask.CompletedTask : session.CreateResponseAsync(request, cancellationToken);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A race, and no fault: {Code} (request {Request})")]
    private partial void LogRace(string code, int? request);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Response {ResponseId} began although the caller was already speaking; it is cancelled")]
    private partial void LogOrphan(string responseId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model reports an error: {Code} {Parameter} {About}")]
    private partial void LogModelError(string code, string parameter, string about);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model's response failed: {Code} {Parameter}")]
    private partial void LogResponseFailed(string code, string parameter);

    [LoggerMessage(Level = LogLevel.Trace, Message = "The model's words about it: {Words}")]
    private partial void LogErrorSensitive(string words);
}
