using Bridge.Domain.Turns;

namespace Bridge.Domain.Calls;

/// <summary>What the passing of time brings: answers that do not come, sessions that are lost, callers who are silent, calls that are too long.</summary>
public sealed partial class Call
{
    /// <summary>When a limit lets us try again, and nobody said when; and the longest that a caller is made to wait for it.</summary>
    private static readonly TimeSpan UsualRetry = TimeSpan.FromSeconds(1), LongestRetry = TimeSpan.FromSeconds(2);

    /// <summary>A last mark that has not come back so long after the sound was played will not come.</summary>
    private static readonly TimeSpan MarkPatience = TimeSpan.FromSeconds(2);

    /// <summary>A model that is there answers a probe sooner.</summary>
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(1.25);

    private TimeSpan _lastSign;
    private (TimeSpan SentAt, TimeSpan SpokenUntil)? _probe;
    private string? _afterLoss;
    private bool _sessionLost;
    private bool _apologyDue;
    private bool _hopeless;
    private CallEndReason? _goodbye;
    private TimeSpan _goodbyeSince;
    private bool _goodbyeBegun;
    private bool _goodbyeSpoken;

    /// <summary>The caller was told goodbye, and heard it to its end.</summary>
    public bool GoodbyeHeard { get; private set; }

    /// <summary>Nobody speaks, nothing is due, nothing plays: a session can be exchanged without anybody's noticing.</summary>
    public bool AtTurnBoundary =>
        State == CallState.Active && !_sessionLost && !_answer.Due && !_responses.Pending && !_responses.CallerSpeaks
        && _goodbye is null && _playback.Quiet > TimeSpan.Zero;

    /// <summary>Looks at the clock. To be asked several times a second; each decision is told once.</summary>
    public WatchDecision Watch(TimeSpan elapsed)
    {
        if (State != CallState.Active)
            return default;
        Advance(elapsed);
        if (_hopeless)
            return WatchDecision.End(_goodbye ?? CallEndReason.ModelFailed);
        if (_goodbye is { } reason)
        {
            if (GoodbyeIsOver(elapsed))
                return WatchDecision.End(reason);
        }
        else if (_policy.LongestCall > TimeSpan.Zero && elapsed >= _policy.LongestCall)
        {
            return SayGoodbye(CallEndReason.TooLong, elapsed);
        }

        if (_apologyDue)
        {
            _apologyDue = false;
            if (!_responses.Pending && !_sessionLost)
                _answer.Over();
            return new WatchDecision(WatchAction.PlayApology);
        }

        if (WatchModel(elapsed) is { Action: not WatchAction.None } found)
            return found;
        return _answer.Due && (_sessionLost || !_responses.CallerSpeaks) ? WatchAnswer(elapsed) : WatchCaller(elapsed);
    }

    /// <summary>
    /// The session is gone. What is queued plays on, but no other session knows its items, and no response of the old one will
    /// end. Until <see cref="SessionReplaced"/> the caller is waiting.
    /// </summary>
    public void SessionLost(TimeSpan elapsed)
    {
        if (_sessionLost)
            return;
        Advance(elapsed);
        _sessionLost = true;
        _afterLoss = AfterLoss();
        _turn.Reset();
        _playback.Abandon();
        NoteHeard();
        _answer.SessionLost(elapsed);
    }

    /// <summary>
    /// Another session takes the place of the one that is gone, and is told the conversation before anything else. Returns
    /// the request to send to it then, or null: what was cut is taken up again, nobody is greeted twice.
    /// </summary>
    public ResponseRequest? SessionReplaced(TimeSpan elapsed)
    {
        SessionLost(elapsed);
        _sessionLost = false;
        _transcript.SessionReplaced();
        _answer.SessionReplaced(elapsed);
        var request = _responses.Reset(_afterLoss, _policy.Prompts.HearAgain);
        if (request is null)
            _answer.Over();
        return UnlessOver(request);
    }

    private void Judge(string responseId, ResponseEnding ending, TimeSpan? retryAfter, TimeSpan elapsed)
    {
        var spoke = _turn.HasSpoken(responseId);
        var again = AskedAgain(spoke, _responses.Answering);
        _goodbyeSpoken |= _goodbyeBegun && spoke && ending == ResponseEnding.Completed;
        switch (_recovery.Judge(ending, spoke))
        {
            case ResponseVerdict.AskAgain:
                _responses.Again(again, audioOnly: ending == ResponseEnding.Completed);
                break;
            case ResponseVerdict.AskForAnother:
                _responses.Again(_policy.Prompts.Filtered, audioOnly: false);
                break;
            case ResponseVerdict.AskLater:
                var wait = retryAfter ?? UsualRetry;
                _responses.Again(again, audioOnly: false);
                _responses.Hold();
                _answer.TryAgainAt(elapsed + (wait < LongestRetry ? wait : LongestRetry));
                break;
            case ResponseVerdict.Apologise when _goodbye is null:
                _apologyDue = true;
                break;
            case ResponseVerdict.Apologise:
            case ResponseVerdict.GiveUp:
                _hopeless = true;
                break;
            case ResponseVerdict.Accept when spoke:
                _recovery.Reset();
                break;
        }
    }

    /// <summary>
    /// A model that is gone without a word, socket and all, hears nothing and says nothing, and the caller is not even known to have
    /// spoken. So when the caller was loud enough, and the model showed no sign since, it is made to show one.
    /// </summary>
    private WatchDecision WatchModel(TimeSpan elapsed)
    {
        if (_voice.TakeUtterance() is { } utterance && !_sessionLost && !_answer.Due && _probe is null && _lastSign < utterance.Began)
        {
            _probe = (elapsed, utterance.Ended);
            return new WatchDecision(WatchAction.Probe);
        }

        if (_probe is not { } probe)
            return default;
        if (_sessionLost || _lastSign >= probe.SentAt)
            _probe = null;
        else if (elapsed - probe.SentAt >= ProbePatience)
        {
            _probe = null;
            _answer.Expect(elapsed, probe.SpokenUntil);
            return new WatchDecision(WatchAction.ReplaceSession);
        }

        return default;
    }

    private WatchDecision WatchAnswer(TimeSpan elapsed)
    {
        switch (_answer.Look(elapsed))
        {
            case AnswerState.TryNow:
                _answer.AskedNow(elapsed);
                return new WatchDecision(WatchAction.Ask, Request: _responses.Release());
            case AnswerState.Stalled:
                return AskInstead();
            case AnswerState.StalledAgain:
                return new WatchDecision(WatchAction.ReplaceSession);
            case AnswerState.Hopeless:
                return WatchDecision.End(_goodbye ?? CallEndReason.ModelFailed);
        }

        return _answer.WantsFiller(elapsed, _playback.Quiet) ? new WatchDecision(WatchAction.PlayFiller) : default;
    }

    /// <summary>What was sent of the stalled answer plays on; what still comes of it is dropped.</summary>
    private WatchDecision AskInstead()
    {
        var stalled = _responses.Active;
        var prompt = stalled is not null && _turn.IsCut(stalled)
            ? null
            : AskedAgain(stalled is not null && _turn.HasSpoken(stalled), _responses.Answering ?? _responses.Asked);
        _cutByTheLine = null;
        if (stalled is not null)
        {
            _turn.Drop(stalled);
            _playback.CompleteResponse(stalled);
            NoteHeard();
        }

        return new WatchDecision(WatchAction.Ask, stalled, _responses.InsteadOfActive(prompt));
    }

    private WatchDecision WatchCaller(TimeSpan elapsed)
    {
        if (_goodbye is not null || _responses.CallerSpeaks || _responses.Pending || _playback.Quiet == TimeSpan.Zero)
            return default;
        var (ask, letGo) = _idle.Look(elapsed, _playback.Quiet);
        if (letGo)
            return SayGoodbye(CallEndReason.Idle, elapsed);
        return ask ? new WatchDecision(WatchAction.Ask, Request: AskForResponse(_policy.Prompts.StillThere, elapsed)) : default;
    }

    private WatchDecision SayGoodbye(CallEndReason reason, TimeSpan elapsed)
    {
        (_goodbye, _goodbyeSince, _goodbyeBegun, _goodbyeSpoken) = (reason, elapsed, false, false);
        return new WatchDecision(WatchAction.Ask, Request: AskForResponse(_policy.Prompts.Goodbye, elapsed));
    }

    private bool GoodbyeIsOver(TimeSpan elapsed)
    {
        var quiet = _playback.Quiet;
        GoodbyeHeard = _goodbyeSpoken && !_responses.Pending && quiet > TimeSpan.Zero && (_playback.LastMarkReturned || quiet >= MarkPatience);
        return GoodbyeHeard || elapsed - _goodbyeSince >= _policy.GoodbyeWithin;
    }

    /// <summary>The caller speaks: nobody is idle, and what was waited for is another matter now. Who is there after all is not let go.</summary>
    private void CallerStirred(TimeSpan elapsed)
    {
        _idle.Stir(elapsed);
        _answer.Over();
        _recovery.Reset();
        (_apologyDue, _goodbyeBegun, _goodbyeSpoken) = (false, false, false);
        if (_goodbye == CallEndReason.Idle)
            _goodbye = null;
    }

    /// <summary>While a goodbye is being said, that the model fails only means that Twilio says it.</summary>
    private CallEndReason ReasonFor(CallEndReason reason) => reason
        is CallEndReason.ModelUnreachable or CallEndReason.ModelRefused or CallEndReason.ModelBusy or CallEndReason.ModelClosed or CallEndReason.ModelFailed
        ? _goodbye ?? reason
        : reason;

    /// <summary>What to ask a new session for, because the old one did not bring it to its end; null for nothing beside what was asked and had not begun.</summary>
    private string? AfterLoss()
    {
        if (_responses.CallerSpeaks)
            return _policy.Prompts.HearAgain;
        if (_responses.Active is { } active && !_turn.IsCut(active))
            return AskedAgain(_turn.HasSpoken(active), _responses.Answering) ?? _policy.Prompts.HearAgain;
        return _answer.Due && !_responses.AnyWanted ? _policy.Prompts.HearAgain : null;
    }

    /// <summary>What to ask for after an answer that did not come to its end: its rest when some of it was sent, else the same again.</summary>
    private string? AskedAgain(bool spoke, ResponseRequest? asked)
    {
        _goodbyeBegun |= spoke && _goodbye is not null && asked?.Prompt == _policy.Prompts.Goodbye;
        return spoke ? _policy.Prompts.TakeUp : asked?.Prompt;
    }
}
