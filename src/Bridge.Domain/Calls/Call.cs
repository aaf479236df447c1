using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Calls;

/// <summary>
/// One call. Each thing that can happen to it is a method, and what to do about it is the return value.
/// Not thread-safe, on purpose: its owner holds one lock round each method, and never across an await.
/// </summary>
public sealed class Call(CallIdentity identity)
{
    private readonly PlaybackClock _playback = new();
    private readonly AssistantTurn _turn = new();

    /// <summary>Which call.</summary>
    public CallIdentity Identity { get; } = identity;

    /// <summary>Where it is in its life.</summary>
    public CallState State { get; private set; }

    /// <summary>Why it ended; null while it has not.</summary>
    public CallEndReason? EndReason { get; private set; }

    /// <summary>The media stream is open.</summary>
    public void StreamStarted()
    {
        if (State == CallState.Connecting)
            State = CallState.Active;
    }

    /// <summary>A frame of the caller came, stamped with milliseconds since the stream's start: it moves the call's own clock.</summary>
    public void CallerAudio(long timestampMs) => _playback.Advance(timestampMs);

    /// <summary>The model began a response.</summary>
    public void ResponseStarted(string responseId) => _turn.Started(responseId);

    /// <summary>
    /// Audio of the assistant is about to be sent. False: it was cut, it is empty, or the call is over: drop it. True: send it, and after
    /// it the mark, if one is wanted here.
    /// </summary>
    public bool TryPlay(string responseId, ItemKey item, int samples, out Mark? mark)
    {
        mark = null;
        if (State != CallState.Active || !_turn.MayBeHeard(responseId) || samples <= 0)
            return false;
        mark = _playback.Send(responseId, item, samples);
        return true;
    }

    /// <summary>The model has sent all audio of an item. Returns the mark to send, or null.</summary>
    public Mark? ItemFinished(ItemKey item) => State == CallState.Active ? _playback.Complete(item) : null;

    /// <summary>The model ended a response, complete or cancelled.</summary>
    public void ResponseFinished(string responseId)
    {
        _turn.Finished(responseId);
        _playback.CompleteResponse(responseId);
    }

    /// <summary>Twilio returned a mark.</summary>
    public void MarkReturned(Mark mark) => _playback.MarkReturned(mark);

    /// <summary>
    /// The caller began to speak. Positions are taken, the turn is cut and the clock forgets what was queued, so that a
    /// second report of the same speech finds nothing to cut.
    /// </summary>
    public Interruption CallerStartedSpeaking()
    {
        _turn.Cut();
        var interruption = InterruptionPolicy.Decide(_playback);
        if (interruption != Interruption.None)
            _playback.Clear();
        return interruption;
    }

    /// <summary>The call is over. True for the first reason, which stands; false when it already ended.</summary>
    public bool TryEnd(CallEndReason reason)
    {
        if (State == CallState.Ended)
            return false;
        State = CallState.Ended;
        EndReason = reason;
        return true;
    }
}
