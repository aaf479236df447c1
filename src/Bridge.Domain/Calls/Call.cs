using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Calls;

/// <summary>
/// One call. Each thing that can happen to it is a method, and what to do about it is the return value. It has no clock:
/// <c>elapsed</c> is a monotonic clock's, since any fixed moment.
/// Not thread-safe, on purpose: its owner holds one lock round each method, and never across an await.
/// </summary>
public sealed class Call(CallIdentity identity)
{
    private readonly MediaClock _clock = new();
    private readonly PlaybackClock _playback = new();
    private readonly AssistantTurn _turn = new();
    private readonly ResponseArbiter _responses = new();
    private readonly Transcript _transcript = new();

    /// <summary>Which call.</summary>
    public CallIdentity Identity { get; } = identity;

    /// <summary>Where it is in its life.</summary>
    public CallState State { get; private set; }

    /// <summary>Why it ended; null while it has not.</summary>
    public CallEndReason? EndReason { get; private set; }

    /// <summary>Milliseconds by which our playhead had to be corrected, added up.</summary>
    public long DriftTakenInMs => _playback.DriftTakenInMs;

    /// <summary>The media stream is open.</summary>
    public void StreamStarted()
    {
        if (State == CallState.Connecting)
            State = CallState.Active;
    }

    /// <summary>A frame of the caller came, stamped with milliseconds since the stream's start: it moves the call's own clock.</summary>
    public void CallerAudio(long timestampMs, TimeSpan elapsed)
    {
        _clock.FrameArrived(timestampMs, elapsed);
        Advance(elapsed);
    }

    /// <summary>A response is wanted. Returns the request to send now, or null: it waits for its turn.</summary>
    public ResponseRequest? AskForResponse(string? prompt) => State == CallState.Ended ? null : _responses.Ask(prompt);

    /// <summary>The model began a response, for a request of ours or by itself. True when it must be cancelled: nobody wants it any more.</summary>
    public bool ResponseStarted(string responseId, int? request)
    {
        _turn.Started(responseId);
        if (!_responses.Started(responseId, request))
            return false;
        _turn.Cut();
        return true;
    }

    /// <summary>Audio of the assistant came: is it sent on, with which marks, or what is to be done instead?</summary>
    public PlayDecision Play(string responseId, ItemKey item, int samples, TimeSpan elapsed)
    {
        if (State != CallState.Active || samples <= 0)
            return default;
        _transcript.Generated(item, samples);
        if (_turn.MayBeHeard(responseId))
        {
            Advance(elapsed);
            return new PlayDecision(Send: true, _playback.Send(responseId, item, samples), null);
        }

        if (!_turn.IsNews(item))
            return default;
        _transcript.Heard(item, 0);
        return new PlayDecision(Send: false, default, new Truncation(item, 0, 0));
    }

    /// <summary>The model has sent all audio of an item. Returns the mark to send, or null.</summary>
    public Mark? ItemFinished(ItemKey item)
    {
        var mark = State == CallState.Active ? _playback.Complete(item) : null;
        NoteHeard();
        return mark;
    }

    /// <summary>The model ended a response, complete or cancelled. Returns a request to send now, or null.</summary>
    public ResponseRequest? ResponseFinished(string responseId)
    {
        _turn.Finished(responseId);
        _playback.CompleteResponse(responseId);
        _transcript.NoMoreAudio();
        NoteHeard();
        return UnlessOver(_responses.Finished(responseId));
    }

    /// <summary>A request was refused because another response is active. Returns a request to send now, or null.</summary>
    public ResponseRequest? ResponseRefused(int? request) => UnlessOver(_responses.Refused(request));

    /// <summary>A request failed and no response comes of it. Returns a request to send now, or null.</summary>
    public ResponseRequest? ResponseFailed(int? request) => UnlessOver(_responses.Failed(request));

    /// <summary>Twilio returned a mark.</summary>
    public void MarkReturned(Mark mark, TimeSpan elapsed)
    {
        Advance(elapsed);
        _playback.MarkReturned(mark);
        NoteHeard();
    }

    /// <summary>
    /// The caller began to speak. Positions are taken, the turn is cut and the clock forgets what was queued, so that a
    /// second report of the same speech finds nothing to cut.
    /// </summary>
    public Interruption CallerStartedSpeaking(TimeSpan elapsed)
    {
        Advance(elapsed);
        _turn.Cut();
        _responses.CallerStartedSpeaking();
        var interruption = InterruptionPolicy.Decide(_playback);
        if (!interruption.Clear)
            return interruption;
        foreach (var item in _playback.Unheard)
        {
            _transcript.Heard(item.Key, item.Heard);
            _turn.Told(item.Key);
        }

        _playback.Clear();
        return interruption;
    }

    /// <summary>The caller stopped speaking: the model answers by itself, and after that what waits may be asked for.</summary>
    public void CallerStoppedSpeaking() => _responses.CallerStoppedSpeaking();

    /// <summary>
    /// The model's session is gone and another takes its place: what is queued plays on, but its items mean nothing to the
    /// new one, and no response of the old one will end. Returns the request to send to the new one, or null.
    /// </summary>
    public ResponseRequest? SessionReplaced()
    {
        _turn.Reset();
        _playback.Abandon();
        _transcript.SessionReplaced();
        NoteHeard();
        return UnlessOver(_responses.Reset());
    }

    /// <summary>The conversation as text.</summary>
    public Transcript Transcript => _transcript;

    /// <summary>The call is over. True for the first reason, which stands; false when it already ended.</summary>
    public bool TryEnd(CallEndReason reason, TimeSpan elapsed)
    {
        if (State == CallState.Ended)
            return false;
        Advance(elapsed);
        foreach (var item in _playback.Unheard)
            _transcript.Heard(item.Key, item.Heard);
        State = CallState.Ended;
        EndReason = reason;
        return true;
    }

    /// <summary>A call that is over asks for nothing.</summary>
    private ResponseRequest? UnlessOver(ResponseRequest? request) => State == CallState.Ended ? null : request;

    private void Advance(TimeSpan elapsed)
    {
        _playback.Advance(_clock.Now(elapsed));
        NoteHeard();
    }

    private void NoteHeard()
    {
        while (_playback.TryTakeHeard(out var item))
            _transcript.Heard(item.Key, null);
    }
}
