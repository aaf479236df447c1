using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Domain.CallerAudio;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>One media stream from its first message to its end: a place in the registry, the handshake, the call, the tidying up.</summary>
public sealed partial class CallBridge(CallParts parts, ILogger<CallBridge> logger)
{
    /// <summary>Runs a call over an accepted socket. Returns when everything of the call is given back; throws nothing.</summary>
    /// <param name="socket">The media stream; whoever accepted it disposes it.</param>
    /// <param name="aborted">Cancelled when the connection is gone.</param>
    public async Task RunAsync(ITwilioMediaSocket socket, CancellationToken aborted)
    {
        using var place = parts.Calls.TryAdmit();
        if (place is null)
        {
            LogRefused(parts.Calls.Active);
            await CloseAsync(socket);
            return;
        }

        if (await HandshakeAsync(socket, aborted) is not { } start)
            return;

        var identity = start.Identity;
        if (!place.TryClaim(identity.CallSid))
        {
            LogRefused(parts.Calls.Active);
            await CloseAsync(socket);
            return;
        }

        using var scope = logger.BeginScope(new Dictionary<string, object> { ["CallSid"] = identity.CallSid, ["StreamSid"] = identity.StreamSid });
        LogStarted();
        var started = parts.Time.GetTimestamp();
        var announced = parts.Publisher.PublishAsync(new CallStarted(identity));
        var before = parts.Outcomes.Begin(identity.CallSid);
        var timeline = new CallerTimeline(parts.Options.CallerAudio.LongestGapMs);
        var call = new CallInProgress(new Call(identity, parts.Policy), timeline, parts.Time) { EarlierTurns = before?.History ?? [] };
        var run = new CallRun(call, socket, parts, logger);
        await run.RunAsync(before, aborted);
        var summary = new CallSummary(
            identity,
            call.State.EndReason ?? CallEndReason.InternalError,
            parts.Time.GetElapsedTime(started),
            call.CallerFrames,
            Pcmu.ToMilliseconds(call.DroppedBytes),
            call.AssistantDeltas,
            call.Interruptions,
            call.State.DriftTakenInMs,
            SkipsOf(socket));
        LogEnded(summary.Reason, summary.Duration.TotalSeconds, summary.Interruptions, summary.Skips.Unknown, summary.Skips.Malformed);
        // Listeners may take their time; the place is free.
        place.Dispose();
        await announced;
        await run.Turns;
        await parts.Publisher.PublishAsync(new CallEnded(summary, call.State.Transcript.Turns()));
    }

    /// <summary>What the stream's start says; null when it never came: then the stream is closed.</summary>
    private async Task<MediaStreamStart?> HandshakeAsync(ITwilioMediaSocket socket, CancellationToken aborted)
    {
        // The limits are kept outside the read: cancelling a read destroys the socket, and Twilio is to see a close.
        var handshake = ReadStartAsync(socket, aborted);
        try
        {
            return await handshake.WaitAsync(parts.Options.HandshakeTimeout, parts.Time, parts.Calls.CallsMustEnd) is { } start ? start : await GiveUpAsync();
        }
        catch (TimeoutException)
        {
            LogNoStart($"no start within {parts.Options.HandshakeTimeout.TotalSeconds} s");
        }
        catch (OperationCanceledException)
        {
            LogNoStart("the service is stopping");
        }

        return await GiveUpAsync();

        async Task<MediaStreamStart?> GiveUpAsync()
        {
            await CloseAsync(socket);
            await handshake;
            return null;
        }
    }

    private async Task CloseAsync(ITwilioMediaSocket socket)
    {
        try
        {
            await socket.CloseAsync();
        }
        catch (Exception e)
        {
            LogHandshakeFault(e);
        }
    }

    private MediaStreamSkips SkipsOf(ITwilioMediaSocket socket)
    {
        try
        {
            return socket.Skips;
        }
        catch (Exception e)
        {
            LogHandshakeFault(e);
            return default;
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The media stream's handshake or close failed for a fault of ours")]
    private partial void LogHandshakeFault(Exception exception);
}
