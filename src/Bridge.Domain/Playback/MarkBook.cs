namespace Bridge.Domain.Playback;

/// <summary>
/// The marks under way: where in the audio each was set, and when our playhead passed it. Bounded. Its memory grows with the marks
/// that are under way at once, which are few while Twilio returns them; after that it allocates nothing.
/// </summary>
internal sealed class MarkBook
{
    /// <summary>Marks remembered; an older one comes back as unknown and moves nothing.</summary>
    private const int Capacity = 64;

    /// <summary>Room at first: of seven seconds of speech, none of whose marks is back.</summary>
    private const int Usual = 8;

    private Entry[] _entries = new Entry[Usual];
    private int _first;
    private int _next;
    private int _passed;

    /// <summary>The last mark set was returned, or there is none under way.</summary>
    public bool LastReturned => _next == _first || At(_next - 1).Returned;

    /// <summary>Sets a mark at a position.</summary>
    /// <param name="generation">The clears before it.</param>
    /// <param name="position">Samples sent in this generation before it.</param>
    /// <param name="intoSilenceAt">The time, when nothing was queued: Twilio returns it at once; else null.</param>
    public Mark Set(int generation, long position, long? intoSilenceAt)
    {
        MakeRoom();
        At(_next) = new Entry(position, intoSilenceAt, intoSilenceAt is not null);
        return new Mark(generation, _next++);
    }

    /// <summary>Our playhead is at a position at a time: the marks before it are passed.</summary>
    public void Passed(long position, long time)
    {
        for (_passed = Math.Max(_passed, _first); _passed < _next; _passed++)
        {
            ref var entry = ref At(_passed);
            if (entry.Position > position)
                return;
            entry.PassedAt ??= time - (position - entry.Position);
        }
    }

    /// <summary>Takes a returned mark; null when it is none of those under way.</summary>
    public Entry? Take(Mark mark)
    {
        if (mark.Sequence < _first || mark.Sequence >= _next)
            return null;
        ref var entry = ref At(mark.Sequence);
        if (entry.Returned)
            return null;
        entry.Returned = true;
        var taken = entry;
        // What is back is not under way, and its room is the next one's.
        while (_first < _next && At(_first).Returned)
            _first++;
        return taken;
    }

    /// <summary>All marks under way are stale.</summary>
    public void Clear() => _passed = _first = _next;

    private ref Entry At(int sequence) => ref _entries[sequence % _entries.Length];

    private void MakeRoom()
    {
        if (_next - _first < _entries.Length)
            return;
        if (_entries.Length == Capacity)
        {
            _first++;
            return;
        }

        var larger = new Entry[_entries.Length * 2];
        for (var sequence = _first; sequence < _next; sequence++)
            larger[sequence % larger.Length] = At(sequence);
        _entries = larger;
    }

    /// <summary>One mark under way.</summary>
    internal record struct Entry(long Position, long? PassedAt, bool IntoSilence, bool Returned = false);
}
