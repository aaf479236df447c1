using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests.Line;

/// <summary>Lets a history happen to a call, at one end of a line, and to a play-out buffer at the other.</summary>
internal sealed class CallOnALine
{
    private readonly Call _call = new(TestCall.Identity);
    private readonly FarEnd _far;
    private readonly Shadow _shadow;
    private readonly LineConditions _line;
    private readonly Tally _tally;
    private List<SentItem> _queued = [];
    private SentItem? _item;
    private int _items;
    private int _responses;
    private bool _responding;
    private bool _cut;

    private CallOnALine(LineConditions line, Tally tally)
    {
        (_line, _tally) = (line, tally);
        _far = new FarEnd(line) { FrameArrived = FrameArrived, MarkArrived = MarkArrived };
        _shadow = new Shadow(_far.Time);
        _call.StreamStarted();
    }

    private string Response => $"resp_{_responses}";

    /// <summary>A history, and at its end one more interruption. Fails when anything promised does not hold.</summary>
    public static void Run(History history, Tally tally)
    {
        var call = new CallOnALine(history.Line, tally);
        var at = 800L;
        foreach (var step in history.Steps)
        {
            at += step.WaitMs * 8;
            call._far.Time.Plan(at, () => call.Take(step));
        }

        call._far.Time.Plan(at + 400, call.Interrupt);
        call._far.SendFramesUntil(at + 400);
        call._far.Time.RunToTheEnd();
        Require.That(call._far.WasSentWell, "audio of a cut item was sent, or audio was sent out of order");
    }

    private void Take(Step step)
    {
        switch (step.Act)
        {
            case Act.Delta:
                Play(step.Frames);
                break;
            case Act.ItemEnd:
                EndItem();
                break;
            case Act.ResponseEnd:
                EndResponse();
                break;
            case Act.Interruption:
                Interrupt();
                break;
            case Act.LostFrames:
                _far.Lose(step.Frames);
                break;
            case Act.NewSession:
                ReplaceSession();
                break;
        }
    }

    private void FrameArrived(long timestampMs)
    {
        _call.CallerAudio(timestampMs, _far.Time.Elapsed);
        _shadow.Frame(timestampMs);
    }

    private void MarkArrived(Mark mark)
    {
        _call.MarkReturned(mark, _far.Time.Elapsed);
        _shadow.MarkReturned(mark);
    }

    private void Play(int frames)
    {
        if (!_responding)
            (_responding, _cut) = (true, _call.ResponseStarted($"resp_{++_responses}", null, _far.Time.Elapsed));
        _item ??= new SentItem(Response, new ItemKey($"item_{++_items}", 0), _items);
        if (_item.Frames + frames > MarkedAudio.LongestItem)
            return;
        var decision = _call.Play(Response, _item.Key, frames * 160, _far.Time.Elapsed);
        Require.That(decision.Send != _cut, "audio of a cut response is dropped, and no other");
        Require.That(decision.Forget is not null == (_cut && _item.IsNews), "the model is told once of each item that came too late");
        _item.IsNews = false;
        if (!decision.Send)
            return;
        var marks = decision.Marks;
        if (_item.Frames == 0)
            _queued.Add(_item);
        Require.That(marks == _shadow.Send(Response, _item.Key, frames * 160), "the call wants other marks than its clock");
        Send(marks.Before);
        _far.Audio(_item.Ordinal, _item.Frames, frames);
        _item.Frames += frames;
        Send(marks.After);
    }

    private void EndItem()
    {
        if (_item is not { } item)
            return;
        _item = null;
        item.Complete = true;
        var mark = _call.ItemFinished(item.Key);
        Require.That(mark == _shadow.Complete(item.Key), "the call wants another mark than its clock");
        Send(mark);
    }

    private void EndResponse()
    {
        if (!_responding)
            return;
        _call.ResponseFinished(Response, ResponseEnding.Completed, null, _far.Time.Elapsed);
        _shadow.Playback.CompleteResponse(Response);
        foreach (var item in _queued)
            item.Complete |= item.Response == Response;
        (_responding, _item) = (false, null);
    }

    private void ReplaceSession()
    {
        _call.SessionReplaced(_far.Time.Elapsed);
        _shadow.Playback.Abandon();
        foreach (var item in _queued)
            (item.Complete, item.OfALostSession) = (true, true);
        (_responding, _item) = (false, null);
    }

    private void Interrupt()
    {
        _shadow.Advance();
        var expected = InterruptionPolicy.Decide(_shadow.Playback);
        var told = _call.CallerStartedSpeaking(_far.Time.Elapsed);
        Require.That(told.Clear == expected.Clear, "the call clears otherwise than its clock");
        Require.That(told.Truncations.SequenceEqual(expected.Truncations), "the call truncates otherwise than its clock");
        var verdict = new Verdict(told, _queued, _line, _tally);
        _cut = _responding;
        if (!told.Clear)
        {
            _far.Look(verdict.Compare);
            return;
        }

        _far.Clear(verdict.Compare);
        _shadow.Clear();
        _queued = [];
        Require.That(!_call.CallerStartedSpeaking(_far.Time.Elapsed).Clear, "the second report of the same speech cuts again");
    }

    private void Send(Mark? mark)
    {
        if (mark is { } wanted)
            _far.Mark(wanted);
    }
}
