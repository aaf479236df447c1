namespace Bridge.Domain.Playback;

/// <summary>The marks under way: where in the audio each was set, and when our playhead passed it. Bounded, and it allocates nothing.</summary>
internal sealed class MarkBook
{
    /// <summary>Marks remembered; an older one comes back as unknown and moves nothing.</summary>
    private const int Capacity = 64;

    private readonly Entry[] _entries = new Entry[Capacity];
    private int _first;
    private int _next;
    private int _passed;

    /// <summary>The last mark set was returned, or there is none under way.</summary>
    public bool LastReturned => _next == _first || _entries[(_next - 1) % Capacity].Returned;

    /// <summary>Sets a mark at a position.</summary>
    /// <param name="generation">The clears before it.</param>
    /// <param name="position">Samples sent in this generation before it.</param>
    /// <param name="intoSilenceAt">The time, when nothing was queued: Twilio returns it at once; else null.</param>
    public Mark Set(int generation, long position, long? intoSilenceAt)
    {
        _entries[_next % Capacity] = new Entry(position, intoSilenceAt, intoSilenceAt is not null);
        return new Mark(generation, _next++);
    }

    /// <summary>Our playhead is at a position at a time: the marks before it are passed.</summary>
    public void Passed(long position, long time)
    {
        for (_passed = Math.Max(_passed, Math.Max(_first, _next - Capacity)); _passed < _next; _passed++)
        {
            ref var entry = ref _entries[_passed % Capacity];
            if (entry.Position > position)
                return;
            entry.PassedAt ??= time - (position - entry.Position);
        }
    }

    /// <summary>Takes a returned mark; null when it is none of those under way.</summary>
    public Entry? Take(Mark mark)
    {
        if (mark.Sequence < Math.Max(_first, _next - Capacity) || mark.Sequence >= _next)
            return null;
        ref var entry = ref _entries[mark.Sequence % Capacity];
        if (entry.Returned)
            return null;
        entry.Returned = true;
        return entry;
    }

    /// <summary>All marks under way are stale.</summary>
    public void Clear() => _passed = _first = _next;

    /// <summary>One mark under way.</summary>
    internal record struct Entry(long Position, long? PassedAt, bool IntoSilence, bool Returned = false);
}
