using Bridge.Domain.CallerAudio;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Calls;

/// <summary>
/// One call. Each thing that can happen to it is a method, and what to do about it is the return value. It has no clock:
/// <c>elapsed</c> is a monotonic clock's, since the call began. What the passing of time brings is in the other half.
/// Not thread-safe, on purpose: its owner holds one lock round each method, and never across an await.
/// </summary>
public sealed partial class Call
{
    private readonly AssistantTurn _turn = new();
    private readonly ResponseArbiter _responses = new();
    private readonly ResponseRecovery _recovery = new();
    private readonly Transcript _transcript = new();
    private readonly CallerVoice _voice = new();
    private readonly CallPolicy _policy;
    private readonly AnswerWatch _answer;
    private readonly IdleWatch _idle;

    /// <summary>A call that is not connected yet.</summary>
    /// <param name="identity">Which.</param>
    /// <param name="policy">How patient it is; null for the defaults.</param>
    public Call(CallIdentity identity, CallPolicy? policy = null)
    {
        Identity = identity;
        _policy = policy ?? new CallPolicy();
        _answer = new AnswerWatch(_policy);
        _idle = new IdleWatch(_policy);
    }

    /// <summary>Which call.</summary>
    public CallIdentity Identity { get; }

    /// <summary>Where it is in its life.</summary>
    public CallState State { get; private set; }

    /// <summary>Why it ended; null while it has not.</summary>
    public CallEndReason? EndReason { get; private set; }

    /// <summary>Milliseconds by which our playhead had to be corrected, added up.</summary>
    public long DriftTakenInMs => _playback.DriftTakenInMs;

    /// <summary>The conversation as text.</summary>
    public Transcript Transcript => _transcript;

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

    /// <summary>The sound of a frame, whatever its stamp.</summary>
    public void CallerSound(ReadOnlySpan<byte> pcmu, TimeSpan elapsed) => _voice.Take(pcmu, elapsed);

    /// <summary>A response is wanted. Returns the request to send now, or null: it waits for its turn.</summary>
    public ResponseRequest? AskForResponse(string? prompt, TimeSpan elapsed)
    {
        if (State == CallState.Ended)
            return null;
        // While the caller speaks it is the caller's turn; its end is where the wait begins.
        if (!_responses.CallerSpeaks)
            _answer.Expect(elapsed, elapsed);
        var request = _responses.Ask(prompt);
        if (request is not null)
            _answer.AskedNow(elapsed);
        return request;
    }

    /// <summary>A request goes to the model now: its time begins.</summary>
    public void RequestSent(TimeSpan elapsed) => _answer.AskedNow(elapsed);

    /// <summary>The model sent anything at all.</summary>
    public void ModelShowedSign(TimeSpan elapsed)
    {
        _lastSign = elapsed;
        _answer.Sign(elapsed);
    }

    /// <summary>The model began a response, for a request of ours or by itself. True when it must be cancelled: nobody wants it any more.</summary>
    public bool ResponseStarted(string responseId, int? request, TimeSpan elapsed)
    {
        _turn.Started(responseId);
        if (!_responses.Started(responseId, request))
        {
            if (!_responses.CallerSpeaks)
                _answer.Expect(elapsed, elapsed);
            return false;
        }

        _turn.Cut();
        return true;
    }

    /// <summary>
    /// The model ended a response. An answer that failed is asked for again, within limits: what cannot be asked for now, and
    /// what is to be done when the limits are reached, the next look at the clock tells. Returns a request to send now, or null.
    /// </summary>
    /// <param name="responseId">Its id.</param>
    /// <param name="ending">How it ended.</param>
    /// <param name="retryAfter">When a limit allows another try; null when nobody said.</param>
    /// <param name="elapsed">Now.</param>
    public ResponseRequest? ResponseFinished(string responseId, ResponseEnding ending, TimeSpan? retryAfter, TimeSpan elapsed)
    {
        var current = _responses.Active is null || _responses.Active == responseId;
        var cut = _turn.IsCut(responseId);
        if (current && !cut && !_responses.CallerSpeaks)
            Judge(responseId, ending, retryAfter, elapsed);
        _turn.Finished(responseId);
        _playback.CompleteResponse(responseId);
        _transcript.NoMoreAudio();
        NoteHeard();
        var next = _responses.Finished(responseId);
        if (next is not null)
            _answer.AskedNow(elapsed);
        else if (current && (!cut || responseId == _cutByTheLine) && !_responses.Pending && !_hopeless && !_apologyDue && !_sessionLost)
            _answer.Over();
        return UnlessOver(next);
    }

    /// <summary>A request was refused because another response is active. Returns a request to send now, or null.</summary>
    public ResponseRequest? ResponseRefused(int? request) => UnlessOver(_responses.Refused(request));

    /// <summary>A request failed and no response comes of it. Returns a request to send now, or null.</summary>
    public ResponseRequest? ResponseFailed(int? request) => UnlessOver(_responses.Failed(request));

    /// <summary>
    /// The caller began to speak. Positions are taken, the turn is cut and the clock forgets what was queued, so that a
    /// second report of the same speech finds nothing to cut.
    /// </summary>
    public Interruption CallerStartedSpeaking(TimeSpan elapsed)
    {
        _responses.CallerStartedSpeaking();
        CallerStirred(elapsed);
        _cutByTheLine = null;
        return Cut(elapsed);
    }

    /// <summary>The caller stopped speaking: the model answers by itself, and after that what waits may be asked for.</summary>
    public void CallerStoppedSpeaking(TimeSpan elapsed)
    {
        _responses.CallerStoppedSpeaking();
        _idle.Stir(elapsed);
        _answer.Expect(elapsed, elapsed - _policy.TurnEndDelay);
    }

    /// <summary>The call is over. True for the first reason, which stands; false when it already ended.</summary>
    public bool TryEnd(CallEndReason reason, TimeSpan elapsed)
    {
        if (State == CallState.Ended)
            return false;
        Advance(elapsed);
        foreach (var item in _playback.Unheard)
        {
            if (!item.Recorded)
                _transcript.Heard(item.Key, item.Heard);
        }

        State = CallState.Ended;
        EndReason = ReasonFor(reason);
        return true;
    }

    /// <summary>A call that is over asks for nothing.</summary>
    private ResponseRequest? UnlessOver(ResponseRequest? request) => State == CallState.Ended ? null : request;
}
