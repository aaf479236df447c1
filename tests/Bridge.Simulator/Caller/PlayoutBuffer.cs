namespace Bridge.Simulator.Caller;

/// <summary>What became of one item's audio so far, in samples. <paramref name="Item"/> is the watermark's ordinal.</summary>
public readonly record struct HeardItem(int Item, long Received, long Heard, long Dropped)
{
    /// <summary>Samples that wait to be played.</summary>
    public long Unheard => Received - Heard - Dropped;

    public int HeardMs => Pcmu.Milliseconds(Heard);
}

/// <summary>
/// The state at the instant of a <c>clear</c>: every item received by then, with <see cref="HeardItem.Unheard"/> what the clear dropped.
/// </summary>
public sealed record ClearSnapshot(long AtSample, IReadOnlyList<HeardItem> Items, IReadOnlyList<string> Marks)
{
    /// <summary>Samples that were dropped, marked or not.</summary>
    public long Dropped { get; init; }

    /// <summary>The last timestamp the caller had sent by then, in milliseconds of the media stream.</summary>
    public int MediaTimeMs { get; init; }
}

/// <summary>When a block of an item was complete at the caller's side: a timestamp of the call's clock.</summary>
public readonly record struct BlockArrival(Watermark Mark, long At);

/// <summary>Samples of the play-out's own time in which there was something to play, without a gap.</summary>
public readonly record struct PlayedStretch(long From, long To);

/// <summary>
/// Twilio's play-out: takes audio of any length, plays it at 8000 samples a second from the moment it has some, returns a mark when
/// everything before it is played (at once when idle) and all of them on <c>clear</c>. It is moved on by looking at it: whatever is
/// asked is answered for now, to the sample, so it knows what the caller truly heard.
/// </summary>
public sealed class PlayoutBuffer(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Waiters _waiters = new();
    private readonly WatermarkReader _reader = new();
    private readonly long _origin = clock.GetTimestamp();
    private readonly Queue<(long Offset, string Name)> _marks = new();
    private readonly Queue<string> _due = new();
    private readonly ReceivedAudio _received = new();
    private readonly List<byte> _heard = [];
    private readonly List<BlockArrival> _arrivals = [];
    private readonly List<PlayedStretch> _stretches = [];
    private long _heardAudio;
    private long _lastPlayed;
    private bool _stopped;

    /// <summary>Samples received in all.</summary>
    public long ReceivedSamples => Locked(() => _received.Length);

    /// <summary>Samples of audio played in all; the silence between is not counted.</summary>
    public long HeardSamples => Locked(() => _heardAudio);

    /// <summary>Samples that wait to be played.</summary>
    public long UnheardSamples => Locked(() => _received.Unplayed);

    /// <summary>Samples since the stream began: the play-out's own time.</summary>
    public long NowSamples => Locked(() => _heard.Count);

    /// <summary>Samples since something was played last; 0 while something is.</summary>
    public long QuietSamples => Locked(() => _received.Unplayed > 0 ? 0 : _heard.Count - _lastPlayed);

    /// <summary>Blocks that came changed, cut or torn apart.</summary>
    public int BlocksCorrupt => Locked(() => _reader.Corrupt);

    /// <summary>Blocks that came twice, out of turn, or after one that is missing.</summary>
    public int BlocksOutOfOrder => Locked(() => _reader.OutOfOrder);

    /// <summary>Blocks of an item that was already cut by a <c>clear</c>: late audio that should have been dropped by the bridge.</summary>
    public int BlocksAfterClear => Locked(() => _received.BlocksAfterClear);

    /// <summary>Every item received, in order of its first block.</summary>
    public IReadOnlyList<HeardItem> Items => Locked(() => _received.Items);

    /// <summary>When something was played, in order; it may itself be silent.</summary>
    public IReadOnlyList<PlayedStretch> Stretches => Locked<IReadOnlyList<PlayedStretch>>(() => [.. _stretches]);

    /// <summary>The timestamp at which its time began.</summary>
    public long Origin => _origin;

    /// <summary>When each marked block came.</summary>
    public IReadOnlyList<BlockArrival> Arrivals => Locked<IReadOnlyList<BlockArrival>>(() => [.. _arrivals]);

    /// <summary>Names of marks that were not returned yet, oldest first.</summary>
    public IReadOnlyList<string> PendingMarks => Locked<IReadOnlyList<string>>(() => [.. _marks.Select(mark => mark.Name)]);

    /// <summary>Everything received, played or not.</summary>
    public byte[] Received() => Locked(_received.ToArray);

    /// <summary>What came out of the telephone, from the first instant on, with silence where nothing was played.</summary>
    public byte[] Heard() => Locked<byte[]>(() => [.. _heard]);

    /// <summary>One item; all zero when nothing of it was received.</summary>
    public HeardItem Item(int ordinal) => Locked(() => _received.Item(ordinal));

    /// <summary>The item being played now; null while idle or when the audio carries no marks.</summary>
    public int? Playing => Locked(() => _received.Playing);

    public void Enqueue(ReadOnlySpan<byte> audio)
    {
        lock (_gate)
        {
            MoveOn();
            var blocks = _reader.Read(audio);
            _received.Add(audio, blocks);
            var now = clock.GetTimestamp();
            _arrivals.AddRange(blocks.Select(block => new BlockArrival(block.Mark, now)));
        }

        _waiters.Pulse();
    }

    public void Mark(string name)
    {
        lock (_gate)
        {
            MoveOn();
            if (_received.Unplayed == 0)
                _due.Enqueue(name);
            else
                _marks.Enqueue((_received.Length, name));
        }

        _waiters.Pulse();
    }

    public ClearSnapshot Clear()
    {
        ClearSnapshot snapshot;
        lock (_gate)
        {
            MoveOn();
            snapshot = new ClearSnapshot(_heard.Count, _received.Items, [.. _marks.Select(mark => mark.Name)]) { Dropped = _received.Unplayed };
            _received.DropUnplayed();
            _reader.Restart();
            while (_marks.TryDequeue(out var mark))
                _due.Enqueue(mark.Name);
        }

        _waiters.Pulse();
        return snapshot;
    }

    /// <summary>Marks whose time has come since the last call, oldest first: they are to be sent back now.</summary>
    public IReadOnlyList<string> TakeDueMarks()
    {
        var due = Locked<IReadOnlyList<string>>(() =>
        {
            var names = _due.ToArray();
            _due.Clear();
            return names;
        });
        _waiters.Pulse();
        return due;
    }

    /// <summary>
    /// Waits until a condition holds. It is asked again whenever something arrives and whenever the owner steps or ticks.
    /// </summary>
    public Task WaitUntilAsync(Func<PlayoutBuffer, bool> condition, CancellationToken cancellationToken = default) =>
        _waiters.WaitUntilAsync(() => condition(this), cancellationToken);

    /// <summary>Asks the waiting conditions again: something they may look at changed outside.</summary>
    internal void Pulse() => _waiters.Pulse();

    internal void Fail(Exception reason) => _waiters.Fail(reason);

    /// <summary>The stream is over: its time ends here, and what was not played by now never is.</summary>
    internal void Stop() => Locked(() => _stopped = true);

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            MoveOn();
            return read();
        }
    }

    // Plays everything between the last look and now.
    private void MoveOn()
    {
        if (_stopped)
            return;
        var elapsed = clock.GetElapsedTime(_origin);
        var silent = elapsed.Ticks * Pcmu.SampleRate / TimeSpan.TicksPerSecond - _heard.Count;
        if (silent <= 0)
            return;
        var played = _received.Play((int)Math.Min(silent, int.MaxValue), _heard);
        if (played > 0 && _stretches is [.., var last] && last.To == _heard.Count - played)
            _stretches[^1] = last with { To = _heard.Count };
        else if (played > 0)
            _stretches.Add(new PlayedStretch(_heard.Count - played, _heard.Count));
        _heardAudio += played;
        _lastPlayed = played > 0 ? _heard.Count : _lastPlayed;
        for (silent -= played; silent > 0; silent--)
            _heard.Add(Pcmu.Silence);
        while (_marks.TryPeek(out var mark) && mark.Offset <= _received.PlayedOffset)
            _due.Enqueue(_marks.Dequeue().Name);
    }
}
