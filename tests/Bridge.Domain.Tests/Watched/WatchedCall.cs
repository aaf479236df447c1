using Bridge.Domain.Calls;
using Bridge.Domain.Tests.Line;

namespace Bridge.Domain.Tests.Watched;

/// <summary>Looks at a call's clock four times a second while a story happens to it, as the watchdog does, and does what is decided.</summary>
internal sealed class WatchedCall
{
    private const int Look = 250;

    private readonly CallInStory _story = new();

    private bool IsOver => _story.Call.State == CallState.Ended;

    /// <summary>The whole story, and what is decided for long enough after it.</summary>
    public static void Run(Story story, Decisions decisions)
    {
        var call = new WatchedCall();
        foreach (var e in story.Events)
        {
            call.Pass(e.WaitMs, decisions);
            if (call.IsOver)
                return;
            call._story.Take(e);
        }

        call.Pass(20_000, decisions);
    }

    private void Pass(int ms, Decisions decisions)
    {
        for (var end = _story.NowMs + ms; _story.NowMs < end && !IsOver;)
        {
            _story.NowMs = Math.Min(end, ((_story.NowMs / Look) + 1) * Look);
            _story.Call.CallerAudio(_story.NowMs, _story.Now);
            if (_story.NowMs % Look == 0)
                LookAtTheClock(decisions);
        }
    }

    private void LookAtTheClock(Decisions decisions)
    {
        var decision = _story.Call.Watch(_story.Now);
        decisions.Count(decision.Action);
        _story.Silence.Looked(decision.Action, _story.NowMs);
        switch (decision.Action)
        {
            case WatchAction.PlayApology:
                if (!_story.IsLost && !_story.IsLimited && _story.Model is { Asked: null, Active: null })
                    _story.Silence.TurnIsOver();
                Record();
                break;
            case WatchAction.PlayFiller:
                Record();
                break;
            case WatchAction.Ask:
                Ask(decision);
                break;
            case WatchAction.ReplaceSession:
                _story.Lose();
                break;
            case WatchAction.End:
                End(decision);
                break;
        }
    }

    private void Ask(WatchDecision decision)
    {
        Require.That(!_story.CallerSpeaks || _story.IsLost || decision.Request is null, "asked while the caller speaks");
        _story.IsLimited = false;
        if (decision.Cancel is { } stalled)
            _story.Model.IsGivenUp(stalled);
        if (!_story.IsLost)
            _story.Model.Gets(decision.Request, _story.Now, CallInStory.Policy.StallAfter);
        if (!_story.CallerSpeaks)
            _story.Silence.TurnBegins(_story.NowMs);
    }

    private void End(WatchDecision decision)
    {
        var again = _story.Call.Watch(_story.Now);
        Require.That(again.Action != WatchAction.End || again == decision, "a second look ends it for another reason");
        Require.That(_story.Call.TryEnd(decision.Reason, _story.Now), "it had ended before");
        Require.That(_story.Call.Watch(_story.Now + TimeSpan.FromHours(5)) == default, "an ended call decides");
    }

    private void Record() => _story.Sent(_story.Call.PlayRecording(8000, _story.Now), 1000);
}
