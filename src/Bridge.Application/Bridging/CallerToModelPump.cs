using Bridge.Application.Abstractions;
using Bridge.Domain.CallerAudio;
using Bridge.Domain.Calls;

namespace Bridge.Application.Bridging;

/// <summary>
/// Carries the caller to the model: media is appended, marks move the clock, <c>stop</c> ends. It starts before the session
/// is open, and it never waits for the model: a hang-up is seen at once, and what the model cannot take yet waits beside.
/// It decides nothing.
/// </summary>
internal sealed class CallerToModelPump(CallInProgress call, ITwilioMediaSocket socket, Task<IRealtimeSession> opening) : IDisposable
{
    private readonly WaitingAudio _waiting = new();
    private IRealtimeSession? _session;
    private Task? _pending;

    /// <summary>Runs until Twilio's side is over and says why. Throws only what is a fault of ours, or Twilio's breach of protocol.</summary>
    public async Task<CallEndReason> RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in socket.ReadEventsAsync(cancellationToken))
        {
            switch (e.Kind)
            {
                case MediaStreamEventKind.Media:
                    Carry(e);
                    break;

                case MediaStreamEventKind.Mark:
                    lock (call.Gate)
                        call.State.MarkReturned(e.Mark, call.Elapsed);
                    call.HandOnEndedTurns();
                    break;

                case MediaStreamEventKind.Stop:
                    return CallEndReason.CallerHungUp;
            }
        }

        return CallEndReason.CallerHungUp;
    }

    /// <inheritdoc />
    public void Dispose() => _waiting.Dispose();

    private void Carry(in MediaStreamEvent media)
    {
        call.CallerFrames++;
        var frame = Take(media);
        if (_session is null && opening.IsCompletedSuccessfully)
            _session = opening.Result;
        if (_session is not { Capabilities.NeedsSteadyAudio: false })
        {
            for (var left = frame.Silence; left > 0; left -= Silence.Second.Length)
                Append(Silence.Second[..Math.Min(left, Silence.Second.Length)]);
        }

        if (frame.Keep)
            Append(media.Audio);
    }

    private FrameDecision Take(in MediaStreamEvent frame)
    {
        lock (call.Gate)
        {
            var elapsed = call.LastFrame = call.Elapsed;
            if (frame.TimestampMs is { } timestamp)
                call.State.CallerAudio(timestamp, elapsed);
            return frame.Audio.IsEmpty ? default : call.Timeline.Take(frame.TimestampMs, frame.Audio.Length);
        }
    }

    /// <summary>No queue while the model's socket takes the audio at once; what waits goes first.</summary>
    private void Append(ReadOnlyMemory<byte> audio)
    {
        while (CanSend() && !_waiting.IsEmpty)
        {
            var oldest = _waiting.Oldest;
            Send(oldest);
            _waiting.Took(oldest.Length);
        }

        if (CanSend())
            Send(audio);
        else
            call.DroppedBytes += _waiting.Add(audio.Span);
    }

    private bool CanSend()
    {
        if (_pending is { IsCompleted: true })
        {
            // What it threw is a fault of ours; the loss of a socket is not thrown.
            _pending.GetAwaiter().GetResult();
            _pending = null;
        }

        return _session is not null && _pending is null;
    }

    private void Send(ReadOnlyMemory<byte> audio)
    {
        var sending = _session!.AppendAudioAsync(audio, CancellationToken.None);
        if (sending.IsCompletedSuccessfully)
            sending.GetAwaiter().GetResult();
        else
            _pending = sending.AsTask();
    }
}
