namespace Bridge.Domain.Playback;

/// <summary>
/// How much of each item the caller has heard. Its time is the timestamp of the caller's own media frames: they come on the
/// same socket, in order, and a network's delay shifts the start and the end of a measurement alike, so it cancels.
/// <para>
/// It plays the queue that Twilio plays: audio in the order of sending, an item's first sample when it is sent or when what
/// was queued before it ends; it stands still while nothing is left to play. A returned mark proves a lower bound. Heard is
/// never less than the marks proved, never more than was sent, and never runs backwards.
/// </para>
/// </summary>
public sealed class PlaybackClock
{
    /// <summary>Audio between two marks inside an item: they only bound a drift, and each costs a message each way.</summary>
    private static readonly long MarkSpacing = Pcmu.ToSamples(1000);

    /// <summary>Marks remembered; far more than Twilio holds at that spacing. An older one comes back as unknown and moves nothing.</summary>
    private const int RememberedMarks = 64;

    private readonly Queue<Run> _queue = new();
    private readonly List<PlaybackItem> _items = [];
    private readonly long[] _markPositions = new long[RememberedMarks];
    private long? _time;
    private long _sent;
    private long _played;
    private long _playedOfFirst;
    private long _lastMarkAt;
    private int _firstSequence;
    private int _nextSequence;

    /// <summary>How many times the line was cleared.</summary>
    public int Generation { get; private set; }

    /// <summary>The items that are not heard to their end, in the order in which they play.</summary>
    public IReadOnlyList<PlaybackItem> Unheard => _items;

    /// <summary>Moves time to that of a caller's frame, in milliseconds since the stream's start. A frame from the past moves nothing.</summary>
    public void Advance(long timestampMs)
    {
        var time = Pcmu.ToSamples(timestampMs);
        if (_time is { } before && time > before)
            Play(time - before);
        if (_time is null || time > _time)
            _time = time;
    }

    /// <summary>Audio, at least one sample of it, is being sent. Returns the mark to send after it, or null where none is wanted.</summary>
    public Mark? Send(string responseId, ItemKey key, int samples)
    {
        var item = Find(key);
        if (item is null)
            _items.Add(item = new PlaybackItem(responseId, key));
        var starts = item.Sent == 0;
        item.Sent += samples;
        _sent += samples;
        _queue.Enqueue(new Run(item, samples));
        return starts || _sent - _lastMarkAt >= MarkSpacing ? NextMark() : null;
    }

    /// <summary>The model has sent all of an item. Returns the mark that will prove it was heard to its end; null for an item that is gone.</summary>
    public Mark? Complete(ItemKey key)
    {
        if (Find(key) is not { Complete: false } item)
            return null;
        item.Complete = true;
        _items.RemoveAll(static heard => heard.HeardToTheEnd);
        return item.HeardToTheEnd || _lastMarkAt == _sent ? null : NextMark();
    }

    /// <summary>The model has sent all of a response, whatever became of the ends of its items.</summary>
    public void CompleteResponse(string responseId)
    {
        foreach (var item in _items)
            item.Complete |= item.ResponseId == responseId;
        _items.RemoveAll(static heard => heard.HeardToTheEnd);
    }

    /// <summary>Twilio returned a mark: all audio before it was played, unless a clear made it meaningless.</summary>
    public void MarkReturned(Mark mark)
    {
        var remembered = mark.Sequence >= _firstSequence && mark.Sequence < _nextSequence && mark.Sequence >= _nextSequence - RememberedMarks;
        if (mark.Generation == Generation && remembered)
            Play(_markPositions[mark.Sequence % RememberedMarks] - _played);
    }

    /// <summary>The line is cleared: what was queued will never be heard. Marks outstanding now are stale.</summary>
    public void Clear()
    {
        Generation++;
        _items.Clear();
        _queue.Clear();
        _sent = _played = _playedOfFirst = _lastMarkAt = 0;
        _firstSequence = _nextSequence;
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
            if (_playedOfFirst < run.Samples)
                return;
            _queue.Dequeue();
            _playedOfFirst = 0;
            if (run.Item.HeardToTheEnd)
                _items.Remove(run.Item);
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

    private Mark NextMark()
    {
        _markPositions[_nextSequence % RememberedMarks] = _lastMarkAt = _sent;
        return new Mark(Generation, _nextSequence++);
    }

    private readonly record struct Run(PlaybackItem Item, int Samples);
}
