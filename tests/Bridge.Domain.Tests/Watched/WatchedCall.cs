using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Tests.Line;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests.Watched;

/// <summary>
/// Lets a story happen to a call, looks at the clock four times a second as the watchdog does, does what is decided, and keeps
/// its own account of whose turn it is and since when the caller has heard nothing.
/// </summary>
internal sealed class WatchedCall
{
    private const int Look = 250;

    private static readonly CallPolicy Policy = new()
    {
        AskAfter = TimeSpan.FromSeconds(12),
        IdleEndAfter = TimeSpan.FromSeconds(25),
        LongestCall = TimeSpan.FromSeconds(70),
    };

    private readonly Call _call = new(TestCall.Identity, Policy);
    private readonly Model _model = new();
    private readonly Queue<(Mark Mark, long At)> _marks = new();
    private readonly Silence _silence = new();
    private long _now;
    private bool _lost;
    private bool _speaks;
    private bool _limited;

    private WatchedCall() => _call.StreamStarted();

    private TimeSpan Now => TimeSpan.FromMilliseconds(_now);

    private bool IsOver => _call.State == CallState.Ended;

    public static void Run(Story story, Decisions decisions)
    {
        var call = new WatchedCall();
        foreach (var e in story.Events)
        {
            call.Pass(e.WaitMs, decisions);
            if (call.IsOver)
                return;
            call.Take(e);
        }

        call.Pass(20_000, decisions);
    }

    private void Pass(int ms, Decisions decisions)
    {
        for (var end = _now + ms; _now < end && !IsOver;)
        {
            _now = Math.Min(end, ((_now / Look) + 1) * Look);
            _call.CallerAudio(_now, Now);
            if (_now % Look == 0)
                LookAtTheClock(decisions);
        }
    }

    private void LookAtTheClock(Decisions decisions)
    {
        var decision = _call.Watch(Now);
        decisions.Count(decision.Action);
        _silence.Looked(decision.Action, _now);
        switch (decision.Action)
        {
            case WatchAction.PlayApology:
                if (!_lost && !_limited && _model is { Asked: null, Active: null })
                    _silence.TurnIsOver();
                Record();
                break;
            case WatchAction.PlayFiller:
                Record();
                break;
            case WatchAction.Ask:
                Ask(decision);
                break;
            case WatchAction.ReplaceSession:
                Lose();
                break;
            case WatchAction.End:
                End(decision);
                break;
        }
    }

    private void Ask(WatchDecision decision)
    {
        Require.That(!_speaks || _lost || decision.Request is null, "asked while the caller speaks");
        _limited = false;
        if (decision.Cancel is { } stalled)
            _model.IsGivenUp(stalled);
        if (!_lost)
            _model.Gets(decision.Request, Now, Policy.StallAfter);
        if (!_speaks)
            _silence.TurnBegins(_now);
    }

    private void End(WatchDecision decision)
    {
        var again = _call.Watch(Now);
        Require.That(again.Action != WatchAction.End || again == decision, "a second look ends it for another reason");
        Require.That(_call.TryEnd(decision.Reason, Now), "it had ended before");
        Require.That(_call.Watch(Now + TimeSpan.FromHours(5)) == default, "an ended call decides");
    }

    private void Record() => Sent(_call.PlayRecording(8000, Now), 1000);

    private void Sent(PlaybackMarks marks, int ms)
    {
        if (marks.Before is { } before)
            _marks.Enqueue((before, _now));
        _silence.Sounds(_now, ms);
        if (marks.After is { } after)
            _marks.Enqueue((after, _silence.QuietSince));
    }

    private void Take(Event e)
    {
        if (e.What is Turnup.MarkReturns or Turnup.CutShort or Turnup.Asked or Turnup.Replaced or Turnup.Lost)
            TakeOfOurs(e.What);
        else if (!_lost && e.What != Turnup.Silence)
            TakeOfTheModels(e);
    }

    private void TakeOfOurs(Turnup what)
    {
        switch (what)
        {
            case Turnup.MarkReturns when _marks.TryPeek(out var due) && due.At <= _now:
                _call.MarkReturned(_marks.Dequeue().Mark, Now);
                break;
            case Turnup.CutShort:
                _model.IsCut();
                Clear(_call.CutShort(Now));
                break;
            case Turnup.Asked:
                var request = _call.AskForResponse("asked", Now);
                Require.That(request is null || !_speaks, "asked while the caller speaks");
                if (!_lost)
                    _model.Gets(request, Now);
                if (!_speaks)
                    _silence.TurnBegins(_now);
                break;
            case Turnup.Lost:
                Lose();
                break;
            case Turnup.Replaced:
                Lose();
                Replace();
                break;
        }
    }

    private void TakeOfTheModels(Event e)
    {
        switch (e.What)
        {
            case Turnup.CallerSpeaks:
                (_speaks, _limited) = (true, false);
                _silence.TurnIsOver();
                Clear(_call.CallerStartedSpeaking(Now));
                // The model stops by itself; how it tells is the next event's.
                _model.IsCancelled();
                return;
            case Turnup.CallerStops when _speaks:
                _speaks = false;
                _call.CallerStoppedSpeaking(Now);
                _silence.TurnBegins(_now - (long)Policy.TurnEndDelay.TotalMilliseconds);
                return;
        }

        if (ModelDoes(e))
            _call.ModelShowedSign(Now);
    }

    private bool ModelDoes(Event e)
    {
        switch (e.What)
        {
            case Turnup.Begins when _model.Active is null && _model.Asked is not null:
                Begin(byItself: false);
                return true;
            case Turnup.Begins or Turnup.BeginsByItself when _model.MayBeginByItself && !_speaks:
                Begin(byItself: true);
                return true;
            case Turnup.Audio when _model.Active is { } active:
                Play(active, e.AudioMs);
                return true;
            case Turnup.ItemEnds when _model.Active is { } active:
                if (_call.ItemFinished(Item(active)) is { } end)
                    _marks.Enqueue((end, _silence.QuietSince));
                return true;
            case Turnup.Ends when _model.Active is not null:
                Finish(_model.Cancelled ? ResponseEnding.Cancelled : e.Ending);
                return true;
            case Turnup.Refused when _model is { Active: not null, Asked: { } refused }:
                _model.DropsRequest();
                _model.Gets(_call.ResponseRefused(refused), default);
                return true;
            case Turnup.Failed when _model.Asked is { } failed:
                _model.DropsRequest();
                _model.Gets(_call.ResponseFailed(failed), default);
                return true;
            case Turnup.LateAudio when _model.Late is { } late:
                var decision = _call.Play(late, Item(late), 160, Now);
                Require.That(!decision.Send && (decision.Forget is not { } told || told.AudioEndMs == told.SentMs), "audio of a response that was given up is heard, or more is cut off than was not sent");
                return true;
            case Turnup.LateEnd when _model.Late is not null:
                _model.Gets(_call.ResponseFinished(_model.EndsLate(), ResponseEnding.Cancelled, null, Now), Now);
                return true;
            default:
                return e.What == Turnup.Sign;
        }
    }

    private void Begin(bool byItself)
    {
        var (id, request) = _model.Begins(byItself);
        if (_call.ResponseStarted(id, request, Now))
            _model.IsCancelled();
        else if (!_speaks)
            _silence.TurnBegins(_now);
    }

    private void Play(string response, int ms)
    {
        var decision = _call.Play(response, Item(response), ms * 8, Now);
        Require.That(decision.Send != _model.Cut, "audio of a cut response is dropped, and no other");
        if (!decision.Send)
            return;
        _model.Spoke = true;
        Sent(decision.Marks, ms);
    }

    private void Finish(ResponseEnding ending)
    {
        var (spoke, cut, overtaken) = (_model.Spoke, _model.Cut, _model.Cancelled);
        _model.Gets(_call.ResponseFinished(_model.Ends(), ending, null, Now), Now);
        _limited |= ending == ResponseEnding.RateLimited && !cut;
        var accepted = cut || ending switch
        {
            ResponseEnding.Completed or ResponseEnding.Incomplete => spoke,
            ResponseEnding.Cancelled or ResponseEnding.ToolCall => true,
            _ => false,
        };
        if (accepted && !overtaken && _model.Asked is null && !_limited)
            _silence.TurnIsOver();
    }

    private void Lose()
    {
        if (_lost)
            return;
        _lost = true;
        _model.IsLost();
        _call.SessionLost(Now);
        _silence.TurnBegins(_now);
    }

    private void Replace()
    {
        var request = _call.SessionReplaced(Now);
        _lost = _speaks = _limited = false;
        _model.Gets(request, Now);
        if (request is null)
            _silence.TurnIsOver();
    }

    private void Clear(Interruption cut)
    {
        if (!cut.Clear)
            return;
        _silence.IsCleared(_now);
        _marks.Clear();
    }

    private static ItemKey Item(string response) => new($"item_of_{response}", 0);
}
