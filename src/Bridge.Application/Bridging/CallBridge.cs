using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using MediatR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Bridging;

/// <summary>One media stream from its first message to its end: a place in the registry, the handshake, the call, the tidying up.</summary>
public sealed partial class CallBridge(
    CallRegistry calls, IMediator mediator, BridgeMetrics metrics, IOptions<BridgeOptions> options, TimeProvider time, ILogger<CallBridge> logger)
{
    /// <summary>Runs a call over an accepted socket. Returns when everything of the call is given back; throws nothing.</summary>
    /// <param name="socket">The media stream; whoever accepted it disposes it.</param>
    /// <param name="aborted">Cancelled when the connection is gone.</param>
    public async Task RunAsync(ITwilioMediaSocket socket, CancellationToken aborted)
    {
        using var place = calls.TryAdmit();
        if (place is null)
        {
            LogRefused(calls.Active);
            await socket.CloseAsync();
            return;
        }

        if (await HandshakeAsync(socket, aborted) is not { } start)
        {
            await socket.CloseAsync();
            return;
        }

        var identity = start.Identity;
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["CallSid"] = identity.CallSid, ["StreamSid"] = identity.StreamSid });
        LogStarted();
        var started = time.GetTimestamp();
        var announced = PublishAsync(new CallStarted(identity));
        var call = new CallInProgress(new Call(identity));
        await new CallRun(call, socket, calls, mediator, metrics, options.Value, time, logger).RunAsync(aborted);
        var summary = new CallSummary(
            identity,
            call.State.EndReason ?? CallEndReason.InternalError,
            time.GetElapsedTime(started),
            call.CallerFrames,
            call.AssistantDeltas,
            call.Interruptions,
            socket.Skips);
        LogEnded(summary.Reason, summary.Duration.TotalSeconds, summary.Interruptions, summary.Skips.Unknown, summary.Skips.Malformed);
        await announced;
        await PublishAsync(new CallEnded(summary));
    }

    private async Task<MediaStreamStart?> HandshakeAsync(ITwilioMediaSocket socket, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(options.Value.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted, calls.CallsMustEnd);
        try
        {
            return await socket.HandshakeAsync(either.Token);
        }
        catch (MediaStreamException e)
        {
            LogNoStart(e.Message);
        }
        catch (OperationCanceledException)
        {
            LogNoStart(deadline.IsCancellationRequested ? $"no start within {options.Value.HandshakeTimeout.TotalSeconds} s" : "the connection is gone");
        }
        catch (Exception e)
        {
            LogHandshakeFault(e);
        }

        return null;
    }

    /// <summary>A listener that is slow must not hold up a call, and one that fails must not end it.</summary>
    private async Task PublishAsync(INotification notification)
    {
        await Task.Yield();
        try
        {
            await mediator.Publish(notification);
        }
        catch (Exception e)
        {
            LogListenerFailed(e, notification.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Incoming stream started")]
    private partial void LogStarted();

    [LoggerMessage(Level = LogLevel.Information, Message = "Call ended: {Reason} after {DurationSeconds:F1} s, {Interruptions} interruption(s), skipped messages: {Unknown} unknown, {Malformed} malformed")]
    private partial void LogEnded(CallEndReason reason, double durationSeconds, int interruptions, long unknown, long malformed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Media stream refused: {Active} calls are on, or the service is stopping")]
    private partial void LogRefused(int active);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Media stream closed before a call began: {Why}")]
    private partial void LogNoStart(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The media stream's handshake failed for a fault of ours")]
    private partial void LogHandshakeFault(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener to {Notification} failed")]
    private partial void LogListenerFailed(Exception exception, string notification);
}
