namespace Bridge.Domain.Playback;

/// <summary>
/// How much of each item the caller has heard by the time a clear sent now takes effect.
/// <para>
/// It plays the queue that Twilio plays: audio in the order of sending, an item's first sample when it is sent or when what
/// was queued before it ends; it stands still while nothing is left to play. Its time is the call's own (<see cref="MediaClock"/>).
/// A returned mark proves a lower bound, and shows a drift between the playheads, which is taken in slowly. Heard is never
/// less than the marks proved, never more than was sent, and never runs backwards.
/// </para>
/// </summary>
public sealed class PlaybackClock
{
    /// <summary>Audio between two marks inside an item: they only bound a drift, and each costs a message each way.</summary>
    private static readonly long MarkSpacing = Pcmu.ToSamples(1_000);

    /// <summary>A pause of this length between two pieces of audio is silence; a shorter one is a model that generates as fast as it speaks.</summary>
    private static readonly long Silence = Pcmu.ToSamples(200);

    /// <summary>Less than this, between the playheads or between two measurements, is measuring noise.</summary>
    private static readonly long Tolerance = Pcmu.ToSamples(20);

    private readonly Queue<Run> _queue = new();
    private readonly List<PlaybackItem> _items = [];
    private readonly List<PlaybackItem> _heard = [];
    private readonly MarkBook _marks = new();
    private readonly RoundTrip _trip = new();
    private long _time;
    private long _sent;
    private long _played;
    private long _playedOfFirst;
    private long _lastMarkAt;
    private long _quietSince;
    private long _drift;
    private long _heldBack;
    private long _steadySince;
    private long _corrected;

    /// <summary>How many times the line was cleared.</summary>
    public int Generation { get; private set; }

    /// <summary>The items that are not heard to their end, in the order in which they play.</summary>
    public IReadOnlyList<PlaybackItem> Unheard => _items;

    /// <summary>Milliseconds of drift between our playhead and Twilio's that were taken in so far, both directions added up.</summary>
    public long DriftTakenInMs => Pcmu.ToMilliseconds(_corrected);

    /// <summary>How long nothing has been playing; zero while something is.</summary>
    public TimeSpan Quiet => _queue.Count > 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Pcmu.ToMilliseconds(_time - _quietSince));

    /// <summary>Twilio has returned the last mark: all that was sent before it was played.</summary>
    public bool LastMarkReturned => _marks.LastReturned;

    /// <summary>Moves time on. A time that lies back moves nothing.</summary>
    /// <param name="time">The call's own time, in samples.</param>
    public void Advance(long time)
    {
        if (time <= _time)
            return;
        var elapsed = time - _time;
        _time = time;
        // A playhead that is found to be off is not set, it runs a tenth slower or faster until it is right: one odd mark must not move it.
        var correction = Math.Clamp(_drift, -elapsed / 10, elapsed / 10);
        _drift -= correction;
        _heldBack += correction;
        if (correction != 0)
            _steadySince = time;
        _corrected += Math.Abs(correction);
        Play(elapsed - correction);
    }

    /// <summary>Audio, at least one sample of it, is being sent. Returns the marks to send before and after it.</summary>
    public PlaybackMarks Send(string responseId, ItemKey key, int samples)
    {
        var before = _queue.Count == 0 && (_sent == 0 || _time - _quietSince >= Silence) ? StartOfSpeech() : (Mark?)null;
        var item = Find(key);
        if (item is null)
            _items.Add(item = new PlaybackItem(responseId, key));
        item.Sent += samples;
        _sent += samples;
        _queue.Enqueue(new Run(item, samples));
        return new PlaybackMarks(before, _sent - _lastMarkAt >= MarkSpacing ? NextMark(null) : null);
    }

    /// <summary>The model has sent all of an item. Returns the mark that will prove it was heard to its end; null for an item that is gone.</summary>
    public Mark? Complete(ItemKey key)
    {
        if (Find(key) is not { Complete: false } item)
            return null;
        item.Complete = true;
        SetAsideHeard();
        return item.HeardToTheEnd || _lastMarkAt == _sent ? null : NextMark(null);
    }

    /// <summary>The model has sent all of a response, whatever became of the ends of its items.</summary>
    public void CompleteResponse(string responseId)
    {
        foreach (var item in _items)
            item.Complete |= item.ResponseId == responseId;
        SetAsideHeard();
    }

    /// <summary>The model will send no more of anything, and cannot be told what was heard: its session is gone.</summary>
    public void Abandon()
    {
        foreach (var item in _items)
            (item.Complete, item.Abandoned) = (true, true);
        SetAsideHeard();
    }

    /// <summary>A recording of ours is being sent, in one piece. Returns the marks to send before and after it.</summary>
    public PlaybackMarks SendRecording(ItemKey key, int samples)
    {
        var marks = Send("", key, samples);
        var item = Find(key)!;
        (item.Recorded, item.Abandoned) = (true, true);
        return marks with { After = Complete(key) ?? marks.After };
    }

    /// <summary>Twilio returned a mark: all audio before it was played, unless a clear made it meaningless.</summary>
    public void MarkReturned(Mark mark)
    {
        if (mark.Generation != Generation || _marks.Take(mark) is not { } entry)
            return;
        Play(entry.Position - _played);
        if (entry.IntoSilence)
            _trip.Measured(_time - entry.PassedAt!.Value);
        else if (_queue.Count > 0 && _drift == 0 && entry.PassedAt is { } passedAt && passedAt >= _steadySince)
            TakeIn(_trip.Lag(_time - passedAt, Math.Max(0, _heldBack), Tolerance));
    }

    /// <summary>The items heard to their end since this was asked last, in the order in which they ended.</summary>
    public bool TryTakeHeard(out PlaybackItem item)
    {
        item = _heard.Count > 0 ? _heard[0] : null!;
        if (_heard.Count > 0)
            _heard.RemoveAt(0);
        return item is not null;
    }

    /// <summary>The line is cleared: what was queued will never be heard. Marks outstanding now are stale.</summary>
    public void Clear()
    {
        Generation++;
        if (_queue.Count > 0)
            _quietSince = _time;
        _items.Clear();
        _queue.Clear();
        _marks.Clear();
        _trip.Restart();
        _sent = _played = _playedOfFirst = _lastMarkAt = _drift = _heldBack = 0;
    }

    private Mark StartOfSpeech()
    {
        _trip.Restart();
        _drift = _heldBack = 0;
        return NextMark(_time);
    }

    private void TakeIn(long? measured)
    {
        if (measured is not { } lag || Math.Abs(lag) <= Tolerance)
            return;
        _drift = lag;
        _trip.Restart();
    }

    private void Play(long samples)
    {
        while (samples > 0 && _queue.TryPeek(out var run))
        {
            var played = Math.Min(samples, run.Samples - _playedOfFirst);
            run.Item.Heard += played;
            _played += played;
            _playedOfFirst += played;
            samples -= played;
            if (_playedOfFirst == run.Samples)
            {
                _queue.Dequeue();
                _playedOfFirst = 0;
                _quietSince = _time - samples;
                if (run.Item.HeardToTheEnd)
                    SetAsideHeard();
            }
        }

        // What is left of the time is silence: the last sample was heard so long ago.
        _marks.Passed(_played, _time - Math.Max(0, samples));
    }

    private void SetAsideHeard()
    {
        for (var i = 0; i < _items.Count; i++)
        {
            if (!_items[i].HeardToTheEnd)
                continue;
            _heard.Add(_items[i]);
            _items.RemoveAt(i--);
        }
    }

    private PlaybackItem? Find(ItemKey key)
    {
        foreach (var item in _items)
        {
            if (item.Key == key)
                return item;
        }

        return null;
    }

    private Mark NextMark(long? intoSilenceAt)
    {
        _lastMarkAt = _sent;
        return _marks.Set(Generation, _sent, intoSilenceAt);
    }

    private readonly record struct Run(PlaybackItem Item, int Samples);
}

/// <summary>The marks that go with a piece of audio.</summary>
/// <param name="Before">Sent before it: playback starts from silence here.</param>
/// <param name="After">Sent after it.</param>
public readonly record struct PlaybackMarks(Mark? Before, Mark? After);
