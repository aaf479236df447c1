using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Calls;

/// <summary>What the caller hears: audio and recordings that are sent, marks that come back, and what is cut.</summary>
public sealed partial class Call
{
    private readonly MediaClock _clock = new();
    private readonly PlaybackClock _playback = new();
    private string? _cutByTheLine;
    private int _recordings;

    /// <summary>Audio of the assistant came: is it sent on, with which marks, or what is to be done instead?</summary>
    public PlayDecision Play(string responseId, ItemKey item, int samples, TimeSpan elapsed)
    {
        if (State != CallState.Active || samples <= 0)
            return default;
        ModelShowedSign(elapsed);
        _transcript.Generated(item, samples);
        if (_turn.MayBeHeard(responseId))
        {
            _answer.Audio(elapsed);
            Advance(elapsed);
            _turn.Sent(item, samples);
            return new PlayDecision(Send: true, _playback.Send(responseId, item, samples), null);
        }

        if (!_turn.IsNews(item))
            return default;
        // Of an answer that was given up while it stalled, what was sent plays on; of one that the caller cut, nothing of this item was sent.
        var sent = _turn.SentOf(item);
        _transcript.Heard(item, sent);
        return new PlayDecision(Send: false, default, new Truncation(item, Pcmu.ToMilliseconds(sent), Pcmu.ToMilliseconds(sent)));
    }

    /// <summary>The model has sent all audio of an item. Returns the mark to send, or null.</summary>
    public Mark? ItemFinished(ItemKey item)
    {
        var mark = State == CallState.Active ? _playback.Complete(item) : null;
        NoteHeard();
        return mark;
    }

    /// <summary>Twilio returned a mark.</summary>
    public void MarkReturned(Mark mark, TimeSpan elapsed)
    {
        Advance(elapsed);
        _playback.MarkReturned(mark);
        NoteHeard();
    }

    /// <summary>The line does not take what is being said: the rest of it is dropped, and nobody is to say it again.</summary>
    public Interruption CutShort(TimeSpan elapsed)
    {
        _cutByTheLine = _turn.Speaking ?? _cutByTheLine;
        return Cut(elapsed);
    }

    /// <summary>What is being said is cut, and what was heard of it is known from here on.</summary>
    private Interruption Cut(TimeSpan elapsed)
    {
        Advance(elapsed);
        _turn.Cut();
        var interruption = InterruptionPolicy.Decide(_playback);
        if (!interruption.Clear)
            return interruption;
        List<string>? abandoned = null;
        foreach (var item in _playback.Unheard)
        {
            if (item.Recorded)
                continue;
            _transcript.Heard(item.Key, item.Heard);
            _turn.Told(item.Key);
            if (item.Abandoned)
                (abandoned ??= []).Add(item.Key.ItemId);
        }

        _playback.Clear();
        return abandoned is null ? interruption : interruption with { Corrections = [.. abandoned.Distinct().Select(_transcript.Turn).OfType<TranscriptTurn>()] };
    }

    /// <summary>A recording of ours is about to be sent. Returns the marks that go with it.</summary>
    public PlaybackMarks PlayRecording(int samples, TimeSpan elapsed)
    {
        Advance(elapsed);
        return _playback.SendRecording(new ItemKey($"recording-{++_recordings}", 0), samples);
    }

    private void Advance(TimeSpan elapsed)
    {
        _playback.Advance(_clock.Now(elapsed));
        NoteHeard();
    }

    private void NoteHeard()
    {
        while (_playback.TryTakeHeard(out var item))
        {
            if (!item.Recorded)
                _transcript.Heard(item.Key, null);
        }
    }
}
