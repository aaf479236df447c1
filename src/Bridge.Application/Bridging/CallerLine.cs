using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Bridging;

/// <summary>
/// The one way to the caller: the only writer to Twilio. What the call decides and what is sent for it are one piece, so the
/// order on the wire is the order in the call's books. A line that does not take what is sent is cut short once; the second
/// time the call is ended.
/// </summary>
internal sealed partial class CallerLine(CallInProgress call, ITwilioMediaSocket socket, TimeSpan sendTimeout, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TaskCompletionSource<CallEndReason> _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan? _slowSince;
    private bool _cutOnce;
    private Cut? _cut;

    /// <summary>Completes when the line is found to be stuck for good.</summary>
    public Task<CallEndReason> Stuck => _stuck.Task;

    /// <summary>Audio of the assistant, if it may still be heard. What to tell the model instead is in the decision.</summary>
    public async ValueTask<PlayDecision> PlayAsync(RealtimeEvent delta, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            PlayDecision decision;
            lock (call.Gate)
                decision = call.State.Play(delta.ResponseId!, delta.Item, delta.Audio.Length, call.Elapsed);
            if (decision.Send)
            {
                await BoundAsync(socket.SendMediaAsync(delta.Audio, decision.Marks, cancellationToken));
                call.AssistantDeltas++;
            }

            return decision;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>All audio of an item was sent.</summary>
    public async ValueTask FinishItemAsync(ItemKey item, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            Mark? end;
            lock (call.Gate)
                end = call.State.ItemFinished(item);
            await SendAsync(end, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A recording of ours.</summary>
    public async ValueTask PlayRecordingAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            PlaybackMarks marks;
            lock (call.Gate)
                marks = call.State.PlayRecording(pcmu.Length, call.Elapsed);
            await BoundAsync(socket.SendMediaAsync(pcmu, marks, cancellationToken));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The caller speaks: silence on the line first; what to tell the model is in the decision.</summary>
    public async ValueTask<Interruption> InterruptAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            Interruption interruption;
            lock (call.Gate)
                interruption = call.State.CallerStartedSpeaking(call.Elapsed);
            if (interruption.Clear)
                await BoundAsync(socket.SendClearAsync(cancellationToken));
            return interruption;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>What was cut because the line did not take it, since this was asked last: the model is to be told.</summary>
    public Interruption? TakeCut() => Interlocked.Exchange(ref _cut, null)?.Interruption;

    /// <inheritdoc />
    public void Dispose() => _writing.Dispose();

    private ValueTask SendAsync(Mark? mark, CancellationToken cancellationToken) =>
        mark is { } wanted ? BoundAsync(socket.SendMarkAsync(wanted, cancellationToken)) : ValueTask.CompletedTask;

    private ValueTask BoundAsync(ValueTask send)
    {
        if (!send.IsCompletedSuccessfully)
            return WaitAsync(send.AsTask());
        _slowSince = null;
        send.GetAwaiter().GetResult();
        return ValueTask.CompletedTask;
    }

    /// <summary>Time adds up until the line takes something at once: a line that drips is as good as stuck.</summary>
    private async ValueTask WaitAsync(Task send)
    {
        _slowSince ??= call.Elapsed;
        if (await WithinAsync(send, sendTimeout - (call.Elapsed - _slowSince.Value)))
            return;
        if (!_cutOnce)
        {
            _cutOnce = true;
            LogStuck(sendTimeout.TotalSeconds);
            Interruption cut;
            lock (call.Gate)
                cut = call.State.CutShort(call.Elapsed);
            if (await WithinAsync(send, sendTimeout))
            {
                _slowSince = null;
                _cut = new Cut(cut);
                if (cut.Clear)
                    await BoundAsync(socket.SendClearAsync(CancellationToken.None));
                return;
            }
        }

        _stuck.TrySetResult(CallEndReason.StreamStuck);
        // The call's end aborts the socket, and with it this.
        await send;
    }

    private async ValueTask<bool> WithinAsync(Task send, TimeSpan patience)
    {
        try
        {
            await send.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private sealed record Cut(Interruption Interruption);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Twilio has not taken our audio for {Seconds} s: the rest of this answer is dropped")]
    private partial void LogStuck(double seconds);
}
