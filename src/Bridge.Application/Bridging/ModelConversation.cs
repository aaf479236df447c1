using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Turns;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// What one session says beside audio: responses that begin and end, words, errors. Sends what the call's arbiter wants sent.
/// </summary>
internal sealed partial class ModelConversation(CallInProgress call, IRealtimeSession session, BridgeMetrics metrics, ILogger logger)
{
    /// <summary>More errors than this in <see cref="ErrorWindow"/> that nobody knows, and the conversation is given up.</summary>
    private const int MostErrors = 10;

    private static readonly TimeSpan ErrorWindow = TimeSpan.FromSeconds(10);
    private readonly Queue<TimeSpan> _errors = new();

    /// <summary>Does what the call's watch decided: cancels a response, asks for another.</summary>
    public async Task DoAsync(WatchDecision decision, CancellationToken cancellationToken)
    {
        if (decision.Action == WatchAction.Probe)
            await session.ProbeAsync(cancellationToken);
        if (decision.Cancel is { } stalled)
        {
            LogStalled(stalled);
            await session.CancelResponseAsync(stalled, cancellationToken);
        }

        await SendAsync(decision.Request, cancellationToken);
    }

    /// <summary>Sends a request, if there is one.</summary>
    public ValueTask SendAsync(ResponseRequest? request, CancellationToken cancellationToken)
    {
        if (request is null)
            return ValueTask.CompletedTask;
        lock (call.Gate)
            call.State.RequestSent(call.Elapsed);
        return session.CreateResponseAsync(request, cancellationToken);
    }

    /// <summary>Takes an event; not null when the session is over.</summary>
    public async ValueTask<SessionEnd?> TakeAsync(RealtimeEvent e, CancellationToken cancellationToken)
    {
        switch (e.Kind)
        {
            case RealtimeEventKind.ResponseStarted:
                bool unwanted;
                lock (call.Gate)
                    unwanted = call.State.ResponseStarted(e.ResponseId!, e.Request, call.Elapsed);
                if (unwanted)
                {
                    LogOrphan(e.ResponseId!);
                    await session.CancelResponseAsync(e.ResponseId!, cancellationToken);
                }

                return null;

            case RealtimeEventKind.ResponseFinished:
                return await FinishAsync(e, cancellationToken);

            case RealtimeEventKind.Error when e.Error is { } error:
                return await TakeAsync(error, cancellationToken);

            default:
                TakeWords(e);
                return null;
        }
    }

    private async ValueTask<SessionEnd?> FinishAsync(RealtimeEvent e, CancellationToken cancellationToken)
    {
        ResponseRequest? next;
        lock (call.Gate)
            next = call.State.ResponseFinished(e.ResponseId!, e.Ending, e.Error?.RetryAfter, call.Elapsed);
        call.HandOnEndedTurns();
        if (e.Ending is not (ResponseEnding.Completed or ResponseEnding.Cancelled or ResponseEnding.ToolCall))
            metrics.ResponseFailed(e.Ending);
        if (e.Error is { } failure)
        {
            LogResponseFailed(failure.Code, failure.Parameter);
            LogErrorSensitive(failure.Message);
        }

        if (e.Error is { Kind: RealtimeErrorKind.Fatal })
            return new SessionEnd(CallEndReason.ModelRefused);
        await SendAsync(next, cancellationToken);
        return null;
    }

    private async ValueTask<SessionEnd?> TakeAsync(RealtimeError error, CancellationToken cancellationToken)
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

            case RealtimeErrorKind.Harmless:
                metrics.Raced("harmless");
                LogRace(error.Code, error.Request);
                break;

            default:
                LogModelError(error.Code, error.Parameter, error.About);
                LogErrorSensitive(error.Message);
                lock (call.Gate)
                    next = call.State.ResponseFailed(error.Request);
                break;
        }

        switch (error.Kind)
        {
            case RealtimeErrorKind.Fatal:
                return new SessionEnd(CallEndReason.ModelRefused);
            case RealtimeErrorKind.Closed:
                return new SessionEnd(CallEndReason.ModelClosed);
            case RealtimeErrorKind.SessionOver:
                return new SessionEnd(null);
            case RealtimeErrorKind.Other when TooMany():
                return new SessionEnd(CallEndReason.ModelFailed);
        }

        await SendAsync(next, cancellationToken);
        return null;
    }

    private bool TooMany()
    {
        var now = call.Elapsed;
        _errors.Enqueue(now);
        while (now - _errors.Peek() > ErrorWindow)
            _errors.Dequeue();
        return _errors.Count > MostErrors;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Response {ResponseId} has stalled; it is cancelled and asked for again")]
    private partial void LogStalled(string responseId);

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

/// <summary>A session is over.</summary>
/// <param name="Reason">Why the call is over with it; null when it can go on in another.</param>
internal sealed record SessionEnd(CallEndReason? Reason);
