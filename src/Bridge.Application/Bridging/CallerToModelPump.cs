using Bridge.Application.Abstractions;
using Bridge.Domain.CallerAudio;
using Bridge.Domain.Calls;

namespace Bridge.Application.Bridging;

/// <summary>
/// Carries the caller to the model: media is appended, marks move the clock, <c>stop</c> ends. It starts before the session
/// is open, and it never waits for the model, so that a hang-up is seen at once. It decides nothing.
/// </summary>
internal sealed class CallerToModelPump(CallInProgress call, ITwilioMediaSocket socket, CallerAudioSender sender)
{
    private bool _isHopeless;

    /// <summary>Runs until Twilio's side is over and says why. Throws only what is a fault of ours, or Twilio's breach of protocol.</summary>
    public async Task<CallEndReason> RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in socket.ReadEventsAsync(cancellationToken))
        {
            switch (e.Kind)
            {
                case MediaStreamEventKind.Media:
                    Carry(e);
                    if (_isHopeless)
                        throw new MediaStreamException("audio much faster than real time, for too long.");
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

        return CallEndReason.StreamLost;
    }

    private void Carry(in MediaStreamEvent media)
    {
        call.CallerFrames++;
        var frame = Take(media, out var turnsMayHaveEnded);
        if (frame.Silence > 0)
            sender.AppendSilence(frame.Silence);
        if (frame.Keep)
            sender.Append(media.Audio);
        if (turnsMayHaveEnded)
            call.HandOnEndedTurns();
    }

    private FrameDecision Take(in MediaStreamEvent frame, out bool turnsMayHaveEnded)
    {
        lock (call.Gate)
        {
            var elapsed = call.Elapsed;
            var since = elapsed - call.LastFrame;
            call.LastFrame = elapsed;
            if (frame.TimestampMs is { } timestamp)
                call.State.CallerAudio(timestamp, elapsed);
            call.State.CallerSound(frame.Audio.Span, elapsed);
            turnsMayHaveEnded = call.State.Transcript.MayHaveEnded;
            if (frame.Audio.IsEmpty)
                return default;
            var inTime = call.Timeline.Take(frame.TimestampMs, frame.Audio.Length, since);
            return Paced(sender.NeedsSteadyAudio ? inTime : new FrameDecision(0, Keep: true), frame.Audio.Length, elapsed);
        }
    }

    /// <summary>What comes faster than anybody speaks is dropped, whether it is sound or a gap that claims to be one.</summary>
    private FrameDecision Paced(FrameDecision decision, int samples, TimeSpan elapsed)
    {
        if (!decision.Keep || call.Pace.Take(decision.Silence + samples, elapsed))
            return decision;
        call.TooFastFrames++;
        _isHopeless = call.Pace.IsHopeless;
        return default;
    }
}
