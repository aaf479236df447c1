using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using Bridge.Domain.CallerAudio;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// One media stream from its first message to its end: the handshake, the call, the tidying up. Nothing is asked of a model before
/// the stream's <c>start</c> has named the call that its place was given to.
/// </summary>
public sealed partial class CallBridge(CallParts parts, ILogger<CallBridge> logger)
{
    /// <summary>Runs a call over an accepted socket. Returns when everything of the call is given back; throws nothing.</summary>
    /// <param name="socket">The media stream; whoever accepted it disposes it.</param>
    /// <param name="place">The place its token has; it is given back here.</param>
    /// <param name="aborted">Cancelled when the connection is gone.</param>
    public async Task RunAsync(ITwilioMediaSocket socket, CallRegistry.Place place, CancellationToken aborted)
    {
        using var given = place;
        if (await BeginAsync(socket, place, aborted) is not { } start)
            return;
        place.Begin();
        var identity = start.Identity;
        using var scope = logger.BeginScope(new KeyValuePair<string, object>[] { new("CallSid", identity.CallSid), new("StreamSid", identity.StreamSid) });
        LogStarted();
        var started = parts.Time.GetTimestamp();
        var announced = parts.Publisher.PublishAsync(new CallStarted(identity));
        var before = parts.Outcomes.Begin(identity.CallSid);
        var timeline = new CallerTimeline(parts.Options.CallerAudio.LongestGapMs);
        var call = new CallInProgress(new Call(identity, parts.Policy), timeline, parts.Time)
        {
            Pace = new CallerPace(parts.Options.CallerAudio.BurstMs, (int)parts.Options.MediaTimeout.TotalMilliseconds, parts.Options.CallerAudio.TooFastFor),
            EarlierTurns = before?.History ?? [],
            CallerContext = parts.Assistant.CallerContext ? CallerFacts.ForModel(start.Parameters) : null,
        };
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
            SkipsOf(socket) with { TooFast = call.TooFastFrames });
        LogEnded(summary.Reason, summary.Duration.TotalSeconds, summary.Interruptions, summary.Skips.Unknown, summary.Skips.Malformed, summary.Skips.TooFast);
        // Listeners may take their time; the place is free.
        place.Dispose();
        await announced;
        await call.Told;
        await parts.Publisher.PublishAsync(new CallEnded(summary, call.State.Transcript.Turns()));
    }

    /// <summary>
    /// What the stream's start says; null for a stream that is closed because it began in no way that a call does. A method of its
    /// own: what it holds, the start among it, is not kept for as long as the call lasts.
    /// </summary>
    private async Task<MediaStreamStart?> BeginAsync(ITwilioMediaSocket socket, CallRegistry.Place place, CancellationToken aborted)
    {
        var handshake = ReadStartAsync(socket, aborted);
        if (await PromisedStartAsync(handshake, place) is { } start)
            return start;
        // The caller may be there: when Twilio asks what to do, it is told to apologise.
        var isStopping = parts.Calls.CallsMustEnd.IsCancellationRequested;
        parts.Outcomes.Missed(place.CallSid, isStopping ? CallEndReason.Draining : CallEndReason.ProtocolViolation);
        await CloseAsync(socket, isRefused: !isStopping);
        await handshake;
        return null;
    }

    /// <summary>What the stream's start says, if it is the one that was promised; else null, and it was said why.</summary>
    private async Task<MediaStreamStart?> PromisedStartAsync(Task<MediaStreamStart?> handshake, CallRegistry.Place place)
    {
        try
        {
            // The limits are kept outside the read: cancelling a read destroys the socket, and Twilio is to see a close.
            var start = await handshake.WaitAsync(parts.Options.HandshakeTimeout, parts.Time, parts.Calls.CallsMustEnd);
            if (start is not null && place.IsFor(start.Identity.CallSid, start.AccountSid))
                return start;
            parts.Refusals.Add(start is null ? RefusalReason.BadStream : RefusalReason.OtherCall, $"the stream of {place.CallSid}");
        }
        catch (TimeoutException)
        {
            parts.Refusals.Add(RefusalReason.NoStart, $"the stream of {place.CallSid}");
        }
        catch (OperationCanceledException)
        {
            LogNoStart("the service is stopping");
        }

        return null;
    }

    private async Task CloseAsync(ITwilioMediaSocket socket, bool isRefused)
    {
        try
        {
            await socket.CloseAsync(isRefused);
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Call ended: {Reason} after {DurationSeconds:F1} s, {Interruptions} interruption(s), skipped messages: {Unknown} unknown, {Malformed} malformed, {TooFast} too fast")]
    private partial void LogEnded(CallEndReason reason, double durationSeconds, int interruptions, long unknown, long malformed, long tooFast);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Media stream closed before a call began: {Why}")]
    private partial void LogNoStart(string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The media stream's handshake or close failed for a fault of ours")]
    private partial void LogHandshakeFault(Exception exception);
}
