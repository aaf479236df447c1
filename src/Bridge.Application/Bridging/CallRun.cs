using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Bridge.Domain.Calls;
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
    BridgeMetrics metrics,
    BridgeOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Runs until both sides are over and both sockets are closed.</summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        using var dialing = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        call.State.StreamStarted();
        var opening = OpenAsync(dialing.Token);
        var callerSide = GuardAsync(new CallerToModelPump(call, socket, opening).RunAsync(aborted));
        var modelSide = GuardAsync(RunModelSideAsync(opening, aborted));
        var draining = new TaskCompletionSource<CallEndReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var drain = calls.CallsMustEnd.Register(() => draining.TrySetResult(CallEndReason.Draining));

        var reason = await await Task.WhenAny(callerSide, modelSide, draining.Task);
        lock (call.Gate)
            call.State.TryEnd(reason);

        await dialing.CancelAsync();
        await Task.WhenAll(CloseSessionAsync(opening), socket.CloseAsync());
        await Task.WhenAll(callerSide, modelSide);
    }

    /// <summary>A method of its own, so that whatever goes wrong goes wrong in the task.</summary>
    private async Task<IRealtimeSession> OpenAsync(CancellationToken cancellationToken) =>
        await mediator.Send(new OpenRealtimeSession(call.State.Identity), cancellationToken);

    private async Task<CallEndReason> RunModelSideAsync(Task<IRealtimeSession> opening, CancellationToken aborted)
    {
        IRealtimeSession session;
        try
        {
            session = await opening;
        }
        catch (RealtimeSessionException e)
        {
            LogNoSession(e.Message);
            return CallEndReason.ModelFailed;
        }
        catch (OperationCanceledException)
        {
            // Only the end of the call cancels a dial; its own reason stands already.
            return CallEndReason.CallerHungUp;
        }

        var reason = await new ModelToCallerPump(call, socket, session, metrics, time, options.LogTiming, logger).RunAsync(aborted);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "No session with the model: {Why}")]
    private partial void LogNoSession(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Twilio broke the media stream's protocol: {Why}")]
    private partial void LogProtocolViolation(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The call ends for a fault of ours")]
    private partial void LogFault(Exception exception);
}
