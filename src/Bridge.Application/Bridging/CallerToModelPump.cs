using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;

namespace Bridge.Application.Bridging;

/// <summary>
/// Carries the caller to the model: media is appended, marks move the clock, <c>stop</c> ends. It starts before the session
/// is open, so that a hang-up is seen at once and nothing the caller says is lost. It decides nothing.
/// </summary>
internal sealed class CallerToModelPump(CallInProgress call, ITwilioMediaSocket socket, Task<IRealtimeSession> opening)
{
    /// <summary>Runs until Twilio's side is over and says why. Throws only what is a fault of ours, or Twilio's breach of protocol.</summary>
    public async Task<CallEndReason> RunAsync(CancellationToken cancellationToken)
    {
        IRealtimeSession? session = null;
        using var early = new EarlyAudio();
        await foreach (var e in socket.ReadEventsAsync(cancellationToken))
        {
            switch (e.Kind)
            {
                case MediaStreamEventKind.Media:
                    call.CallerFrames++;
                    if (e.TimestampMs is { } timestamp)
                    {
                        lock (call.Gate)
                            call.State.CallerAudio(timestamp);
                    }

                    if (e.Audio.IsEmpty)
                        break;
                    if (session is null && opening.IsCompletedSuccessfully)
                    {
                        session = await opening;
                        await early.SendToAsync(session, cancellationToken);
                    }

                    if (session is null)
                        early.Add(e.Audio.Span);
                    else
                        await session.AppendAudioAsync(e.Audio, cancellationToken);
                    break;

                case MediaStreamEventKind.Mark:
                    lock (call.Gate)
                        call.State.MarkReturned(e.Mark);
                    break;

                case MediaStreamEventKind.Stop:
                    return CallEndReason.CallerHungUp;
            }
        }

        return CallEndReason.CallerHungUp;
    }
}
