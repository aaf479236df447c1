using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Tests.Line;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests.Watched;

/// <summary>
/// A call to which a story happens, with the model at its other end and the caller's marks. Keeps its own account of whose turn it
/// is, and since when the caller has heard nothing.
/// </summary>
internal sealed class CallInStory
{
    private readonly Queue<(Mark Mark, long At)> _marks = new();

    public CallInStory() => Call.StreamStarted();

    public static CallPolicy Policy { get; } = new()
    {
        AskAfter = TimeSpan.FromSeconds(12),
        IdleEndAfter = TimeSpan.FromSeconds(25),
        LongestCall = TimeSpan.FromSeconds(70),
    };

    public Call Call { get; } = new(TestCall.Identity, Policy);

    public Model Model { get; } = new();

    public Silence Silence { get; } = new();

    /// <summary>Since the call began.</summary>
    public long NowMs { get; set; }

    public TimeSpan Now => TimeSpan.FromMilliseconds(NowMs);

    /// <summary>There is no session.</summary>
    public bool IsLost { get; private set; }

    public bool CallerSpeaks { get; private set; }

    /// <summary>The last answer failed at a rate limit, and is asked for again later.</summary>
    public bool IsLimited { get; set; }

    /// <summary>It happens, if it can at this moment.</summary>
    public void Take(Event e)
    {
        if (e.What is Turnup.MarkReturns or Turnup.CutShort or Turnup.Asked or Turnup.Replaced or Turnup.Lost)
            TakeOfOurs(e.What);
        else if (!IsLost && e.What != Turnup.Silence)
            TakeOfTheModels(e);
    }

    /// <summary>The session is gone, if there was one.</summary>
    public void Lose()
    {
        if (IsLost)
            return;
        IsLost = true;
        Model.IsLost();
        Call.SessionLost(Now);
        Silence.TurnBegins(NowMs);
    }

    /// <summary>So much was sent for the caller to hear.</summary>
    public void Sent(PlaybackMarks marks, int ms)
    {
        if (marks.Before is { } before)
            _marks.Enqueue((before, NowMs));
        Silence.Sounds(NowMs, ms);
        if (marks.After is { } after)
            _marks.Enqueue((after, Silence.QuietSince));
    }

    private void TakeOfOurs(Turnup what)
    {
        switch (what)
        {
            case Turnup.MarkReturns when _marks.TryPeek(out var due) && due.At <= NowMs:
                Call.MarkReturned(_marks.Dequeue().Mark, Now);
                break;
            case Turnup.CutShort:
                Model.IsCut();
                Clear(Call.CutShort(Now));
                break;
            case Turnup.Asked:
                var request = Call.AskForResponse("asked", Now);
                Require.That(request is null || !CallerSpeaks, "asked while the caller speaks");
                if (!IsLost)
                    Model.Gets(request, Now);
                if (!CallerSpeaks)
                    Silence.TurnBegins(NowMs);
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
                (CallerSpeaks, IsLimited) = (true, false);
                Silence.TurnIsOver();
                Clear(Call.CallerStartedSpeaking(Now));
                // The model stops by itself; how it tells is the next event's.
                Model.IsCancelled();
                return;
            case Turnup.CallerStops when CallerSpeaks:
                CallerSpeaks = false;
                Call.CallerStoppedSpeaking(Now);
                Silence.TurnBegins(NowMs - (long)Policy.TurnEndDelay.TotalMilliseconds);
                return;
        }

        if (ModelDoes(e))
            Call.ModelShowedSign(Now);
    }

    private bool ModelDoes(Event e)
    {
        switch (e.What)
        {
            case Turnup.Begins when Model.Active is null && Model.Asked is not null:
                Begin(byItself: false);
                return true;
            case Turnup.Begins or Turnup.BeginsByItself when Model.MayBeginByItself && !CallerSpeaks:
                Begin(byItself: true);
                return true;
            case Turnup.Audio when Model.Active is { } active:
                Play(active, e.AudioMs);
                return true;
            case Turnup.ItemEnds when Model.Active is { } active:
                if (Call.ItemFinished(Item(active)) is { } end)
                    _marks.Enqueue((end, Silence.QuietSince));
                return true;
            case Turnup.Ends when Model.Active is not null:
                Finish(Model.Cancelled ? ResponseEnding.Cancelled : e.Ending);
                return true;
            case Turnup.Refused when Model is { Active: not null, Asked: { } refused }:
                Model.DropsRequest();
                Model.Gets(Call.ResponseRefused(refused), default);
                return true;
            case Turnup.Failed when Model.Asked is { } failed:
                Model.DropsRequest();
                Model.Gets(Call.ResponseFailed(failed), default);
                return true;
            case Turnup.LateAudio when Model.Late is { } late:
                var decision = Call.Play(late, Item(late), 160, Now);
                Require.That(!decision.Send && (decision.Forget is not { } told || told.AudioEndMs == told.SentMs), "audio of a response that was given up is heard, or more is cut off than was not sent");
                return true;
            case Turnup.LateEnd when Model.Late is not null:
                Model.Gets(Call.ResponseFinished(Model.EndsLate(), ResponseEnding.Cancelled, null, Now), Now);
                return true;
            default:
                return e.What == Turnup.Sign;
        }
    }

    private void Begin(bool byItself)
    {
        var (id, request) = Model.Begins(byItself);
        if (Call.ResponseStarted(id, request, Now))
            Model.IsCancelled();
        else if (!CallerSpeaks)
            Silence.TurnBegins(NowMs);
    }

    private void Play(string response, int ms)
    {
        var decision = Call.Play(response, Item(response), ms * 8, Now);
        Require.That(decision.Send != Model.Cut, "audio of a cut response is dropped, and no other");
        if (!decision.Send)
            return;
        Model.Spoke = true;
        Sent(decision.Marks, ms);
    }

    private void Finish(ResponseEnding ending)
    {
        var (spoke, cut, overtaken) = (Model.Spoke, Model.Cut, Model.Cancelled);
        Model.Gets(Call.ResponseFinished(Model.Ends(), ending, null, Now), Now);
        IsLimited |= ending == ResponseEnding.RateLimited && !cut;
        var accepted = cut || ending switch
        {
            ResponseEnding.Completed or ResponseEnding.Incomplete => spoke,
            ResponseEnding.Cancelled or ResponseEnding.ToolCall => true,
            _ => false,
        };
        if (accepted && !overtaken && Model.Asked is null && !IsLimited)
            Silence.TurnIsOver();
    }

    private void Replace()
    {
        var request = Call.SessionReplaced(Now);
        IsLost = CallerSpeaks = IsLimited = false;
        Model.Gets(request, Now);
        if (request is null)
            Silence.TurnIsOver();
    }

    private void Clear(Interruption cut)
    {
        if (!cut.Clear)
            return;
        Silence.IsCleared(NowMs);
        _marks.Clear();
    }

    private static ItemKey Item(string response) => new($"item_of_{response}", 0);
}
