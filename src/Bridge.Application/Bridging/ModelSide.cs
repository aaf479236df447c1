using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;
using MediatR;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// The model's side of a call, over all its sessions: opens the first, reads it, and when it is lost puts another in its
/// place, which is told the conversation as it was heard. A session that nears its end is exchanged in a pause before it.
/// </summary>
internal sealed partial class ModelSide(
    CallInProgress call,
    CallerLine line,
    CallerAudioSender sender,
    IMediator mediator,
    BridgeMetrics metrics,
    BridgeOptions options,
    TimeProvider time,
    TimerWheel wheel,
    ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly SessionLives _lives = new();
    private readonly Lock _gate = new();
    private readonly SessionsBeingClosed _closing = new(logger);
    private volatile ModelSession? _current;
    private TimeSpan _openedAt;
    private string? _why;

    /// <summary>Runs until the call is over on the model's account, and says why.</summary>
    /// <param name="first">What the first response is for.</param>
    /// <param name="history">The conversation of the streams before this one; empty for a new call.</param>
    public async Task<CallEndReason> RunAsync(string first, IReadOnlyList<TranscriptTurn> history)
    {
        try
        {
            // The caller waits from now on: a dial that takes its time is explained like a session that was lost.
            lock (call.Gate)
            {
                call.State.AskForResponse(first, call.Elapsed);
                call.State.SessionLost(call.Elapsed);
            }

            var session = await OpenAsync(history);
            while (true)
            {
                ResponseRequest? request;
                lock (call.Gate)
                    request = call.State.SessionReplaced(call.Elapsed);
                if (await LiveAsync(session, request) is { } reason)
                    return reason;
                // Its own reason stands already.
                if (_over.IsCancellationRequested)
                    return CallEndReason.CallerHungUp;
                session = await ReplaceAsync();
            }
        }
        catch (RealtimeSessionException e)
        {
            LogNoSession(e.Message);
            LogNoSessionInFull(e);
            return Reason(e.Failure);
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // Only the end of the call cancels; its own reason stands already.
            return CallEndReason.CallerHungUp;
        }
    }

    /// <summary>Does what the call's watch decided, if there is a session to do it with: what is asked of none is asked of the next.</summary>
    public Task DoAsync(WatchDecision decision) => _current is { } current ? current.Conversation.DoAsync(decision, _over.Token) : Task.CompletedTask;

    /// <summary>The session is of no use any more: another takes its place.</summary>
    public void Replace(string why)
    {
        if (_current is not { Over.IsCancellationRequested: false } current)
            return;
        LogReplacing(current.Session.Id, why);
        _why = why;
        current.Leave();
    }

    /// <summary>Closes the session, or the dial, and waits for every session that is still being closed.</summary>
    public async Task CloseAsync(Task<CallEndReason> running)
    {
        await _over.CancelAsync();
        ModelSession? current;
        lock (_gate)
            current = _current;
        if (current is not null)
            _closing.Close(current.Session);
        await running;
        await CloseUnusedAsync();
        await _closing.AllAsync();
    }

    /// <inheritdoc />
    public void Dispose() => _over.Dispose();

    private async Task<CallEndReason?> LiveAsync(IRealtimeSession session, ResponseRequest? request)
    {
        var conversation = new ModelConversation(call, session, metrics, logger);
        var current = new ModelSession(session, conversation, call.Elapsed);
        // A session that is given up is closed at once: what is being sent to it would hold us up.
        using var givenUp = current.Over.Register(() => _closing.Close(session));
        _openedAt = current.OpenedAt;
        lock (_gate)
            _current = current;
        try
        {
            // The call may have ended while the session was opened; who ends it sees this session, or is seen here.
            if (_over.IsCancellationRequested)
                return CallEndReason.CallerHungUp;
            using var padding = new InactivityPadding(call, sender, options.CallerAudio, wheel);
            await conversation.SendAsync(request, current.Over);
            if (request is { Number: 1 })
                LogGreeting();
            // The request first: what the caller said meanwhile may interrupt the answer, but must not keep it from beginning.
            sender.Open(session);
            return await new ModelToCallerPump(call, line, session, conversation, padding, metrics, time, options.LogTiming, logger).RunAsync(current.Over);
        }
        catch (OperationCanceledException) when (current.Over.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _current = null;
            sender.Close();
            _closing.Close(session);
        }
    }

    /// <summary>Another session for one that was lost; or the one that was opened to take its place.</summary>
    private async Task<IRealtimeSession> ReplaceAsync()
    {
        if (_exchange is { } exchange)
        {
            _exchange = null;
            if (await exchange is { } ready)
                return ready;
        }

        var lostAt = call.Elapsed;
        lock (call.Gate)
            call.State.SessionLost(lostAt);
        if (!_lives.Lost(lostAt - _openedAt))
            throw new RealtimeSessionException("The model opened sessions and lost them at once, three times in a row.", RealtimeSessionFailure.Unreachable) { ErrorType = "quick_failures" };
        metrics.SessionReplaced(Interlocked.Exchange(ref _why, null) ?? "lost");
        var session = await OpenAsync(History());
        LogReplaced((long)(call.Elapsed - lostAt).TotalMilliseconds);
        return session;
    }

    private Task<IRealtimeSession> OpenAsync(IReadOnlyList<TranscriptTurn> history) =>
        mediator.Send(new OpenRealtimeSession(call.State.Identity, history) { CallerContext = call.CallerContext }, _over.Token);

    private IReadOnlyList<TranscriptTurn> History()
    {
        lock (call.Gate)
            return [.. call.EarlierTurns, .. call.State.Transcript.Turns()];
    }

    private static CallEndReason Reason(RealtimeSessionFailure failure) => failure switch
    {
        RealtimeSessionFailure.Refused => CallEndReason.ModelRefused,
        RealtimeSessionFailure.Busy => CallEndReason.ModelBusy,
        _ => CallEndReason.ModelUnreachable,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Greeting asked for")]
    private partial void LogGreeting();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} is given up: {Why}")]
    private partial void LogReplacing(string sessionId, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model's session was lost; another took its place after {ElapsedMs} ms")]
    private partial void LogReplaced(long elapsedMs);

    [LoggerMessage(Level = LogLevel.Error, Message = "No session with the model: {Why}")]
    private partial void LogNoSession(string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No session with the model, in full")]
    private partial void LogNoSessionInFull(Exception exception);
}
