using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using MediatR;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// The life of one call: opens the session while the caller is already listened to, runs both pumps, and ends. Each side
/// returns why it is over; the first reason stands, and both sockets are closed, which ends the other side.
/// </summary>
internal sealed partial class CallRun(
    CallInProgress call,
    ITwilioMediaSocket socket,
    CallRegistry calls,
    IMediator mediator,
    CallPublisher publisher,
    BridgeMetrics metrics,
    BridgeOptions options,
    AssistantOptions assistant,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Completes when every turn was told to whoever listens; that may be long after the call.</summary>
    public Task Turns { get; private set; } = Task.CompletedTask;

    /// <summary>Runs until both sides are over and both sockets are closed.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var dialing = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        call.State.StreamStarted();
        var opening = OpenAsync(dialing.Token);
        using var sender = new CallerAudioSender(call);
        var modelSide = GuardAsync(RunModelSideAsync(opening, sender, aborted));
        var callerSide = GuardAsync(new CallerToModelPump(call, socket, sender).RunAsync(aborted));
        Turns = PublishTurnsAsync();
        var draining = new TaskCompletionSource<CallEndReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var drain = calls.CallsMustEnd.Register(() => draining.TrySetResult(CallEndReason.Draining));

        var reason = await await Task.WhenAny(callerSide, modelSide, draining.Task);
        lock (call.Gate)
            call.State.TryEnd(reason, call.Elapsed);

        await dialing.CancelAsync();
        await Task.WhenAll(CloseSessionAsync(opening), socket.CloseAsync());
        await Task.WhenAll(callerSide, modelSide);
        call.HandOnEndedTurns();
        call.EndTurns();
    }

    /// <summary>Turns are told one after the other, beside the audio.</summary>
    private async Task PublishTurnsAsync()
    {
        await foreach (var turn in call.EndedTurns.ReadAllAsync())
        {
            LogTurnSensitive(turn.Speaker, turn.Heard, turn.Unheard);
            await publisher.PublishAsync(new TurnEnded(call.State.Identity, turn));
        }
    }

    /// <summary>A method of its own, so that whatever goes wrong goes wrong in the task.</summary>
    private async Task<IRealtimeSession> OpenAsync(CancellationToken cancellationToken) =>
        await mediator.Send(new OpenRealtimeSession(call.State.Identity), cancellationToken);

    private async Task<CallEndReason> RunModelSideAsync(Task<IRealtimeSession> opening, CallerAudioSender sender, CancellationToken aborted)
    {
        IRealtimeSession session;
        try
        {
            session = await opening;
        }
        catch (RealtimeSessionException e)
        {
            LogNoSession(e.Message);
            LogNoSessionInFull(e);
            return CallEndReason.ModelFailed;
        }
        catch (OperationCanceledException)
        {
            // Only the end of the call cancels a dial; its own reason stands already.
            return CallEndReason.CallerHungUp;
        }

        await using var padding = new InactivityPadding(call, sender, options.CallerAudio, time);
        var conversation = new ModelConversation(call, session, metrics, logger);
        await conversation.AskForResponseAsync(assistant.Greeting, aborted);
        LogGreeting();
        // The greeting first: what the caller said meanwhile may interrupt it, but must not keep it from beginning.
        sender.Open(session);
        var reason = await new ModelToCallerPump(call, socket, session, conversation, padding, metrics, time, options.LogTiming, logger).RunAsync(aborted);
        // When the caller's connection is gone, both readers end, in no order.
        return aborted.IsCancellationRequested ? CallEndReason.CallerHungUp : reason;
    }

    /// <summary>A pump returns its reason; what it throws is Twilio's breach of protocol, or a fault of ours, which ends this call alone.</summary>
    private async Task<CallEndReason> GuardAsync(Task<CallEndReason> side)
    {
        try
        {
            return await side;
        }
        catch (MediaStreamException e)
        {
            LogProtocolViolation(e.Message);
            return CallEndReason.ProtocolViolation;
        }
        catch (OperationCanceledException)
        {
            // The connection was aborted under the pump.
            return CallEndReason.CallerHungUp;
        }
        catch (Exception e)
        {
            LogFault(e);
            return CallEndReason.InternalError;
        }
    }

    private async Task CloseSessionAsync(Task<IRealtimeSession> opening)
    {
        try
        {
            await (await opening).DisposeAsync();
        }
        catch (Exception) when (!opening.IsCompletedSuccessfully)
        {
            // There is no session to close; the model's side has said why.
        }
        catch (Exception e)
        {
            LogFault(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Greeting asked for")]
    private partial void LogGreeting();

    [LoggerMessage(Level = LogLevel.Trace, Message = "{Speaker}: {Heard} | {Unheard}")]
    private partial void LogTurnSensitive(Speaker speaker, string heard, string unheard);

    [LoggerMessage(Level = LogLevel.Error, Message = "No session with the model: {Why}")]
    private partial void LogNoSession(string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No session with the model, in full")]
    private partial void LogNoSessionInFull(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Twilio broke the media stream's protocol: {Why}")]
    private partial void LogProtocolViolation(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The call ends for a fault of ours")]
    private partial void LogFault(Exception exception);
}
