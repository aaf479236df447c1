using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Domain.CallerAudio;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using MediatR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Bridging;

/// <summary>One media stream from its first message to its end: a place in the registry, the handshake, the call, the tidying up.</summary>
public sealed partial class CallBridge(
    CallRegistry calls,
    IMediator mediator,
    CallPublisher publisher,
    BridgeMetrics metrics,
    IOptions<BridgeOptions> options,
    IOptions<AssistantOptions> assistant,
    TimeProvider time,
    ILogger<CallBridge> logger)
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
            return;

        var identity = start.Identity;
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["CallSid"] = identity.CallSid, ["StreamSid"] = identity.StreamSid });
        LogStarted();
        var started = time.GetTimestamp();
        var announced = publisher.PublishAsync(new CallStarted(identity));
        var call = new CallInProgress(new Call(identity), new CallerTimeline(options.Value.CallerAudio.LongestGapMs), time);
        var run = new CallRun(call, socket, calls, mediator, publisher, metrics, options.Value, assistant.Value, time, logger);
        await run.RunAsync(aborted);
        var summary = new CallSummary(
            identity,
            call.State.EndReason ?? CallEndReason.InternalError,
            time.GetElapsedTime(started),
            call.CallerFrames,
            Pcmu.ToMilliseconds(call.DroppedBytes),
            call.AssistantDeltas,
            call.Interruptions,
            call.State.DriftTakenInMs,
            socket.Skips);
        LogEnded(summary.Reason, summary.Duration.TotalSeconds, summary.Interruptions, summary.Skips.Unknown, summary.Skips.Malformed);
        // Listeners may take their time; the place is free.
        place.Dispose();
        await announced;
        await run.Turns;
        await publisher.PublishAsync(new CallEnded(summary, call.State.Transcript.Turns()));
    }

    /// <summary>What the stream's start says; null when it never came: then the stream is closed.</summary>
    private async Task<MediaStreamStart?> HandshakeAsync(ITwilioMediaSocket socket, CancellationToken aborted)
    {
        // The limits are kept outside the read: cancelling a read destroys the socket, and Twilio is to see a close.
        var handshake = ReadStartAsync(socket, aborted);
        try
        {
            return await handshake.WaitAsync(options.Value.HandshakeTimeout, time, calls.CallsMustEnd) is { } start ? start : await GiveUpAsync();
        }
        catch (TimeoutException)
        {
            LogNoStart($"no start within {options.Value.HandshakeTimeout.TotalSeconds} s");
        }
        catch (OperationCanceledException)
        {
            LogNoStart("the service is stopping");
        }

        return await GiveUpAsync();

        async Task<MediaStreamStart?> GiveUpAsync()
        {
            await socket.CloseAsync();
            await handshake;
            return null;
        }
    }

    private async Task<MediaStreamStart?> ReadStartAsync(ITwilioMediaSocket socket, CancellationToken aborted)
    {
        try
        {
            return await socket.HandshakeAsync(aborted);
        }
        catch (MediaStreamException e)
        {
            LogNoStart(e.Message);
        }
        catch (OperationCanceledException)
        {
            LogNoStart("the connection is gone");
        }
        catch (Exception e)
        {
            LogHandshakeFault(e);
        }

        return null;
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
}
