using System.Runtime.InteropServices;

namespace Bridge.Simulator.Caller;

/// <summary>
/// The received bytes with a play position in them, and whose they are. Not thread-safe: <see cref="PlayoutBuffer"/> locks.
/// </summary>
internal sealed class ReceivedAudio
{
    private readonly List<byte> _bytes = [];
    private readonly List<MarkedBlock> _blocks = [];
    private readonly Dictionary<int, HeardItem> _items = [];
    private readonly List<int> _order = [];
    private readonly HashSet<int> _cut = [];
    private int _nextBlock;

    public long Length => _bytes.Count;

    /// <summary>How many of the received bytes were played or dropped.</summary>
    public long PlayedOffset { get; private set; }

    public long Unplayed => Length - PlayedOffset;

    public int BlocksAfterClear { get; private set; }

    public IReadOnlyList<HeardItem> Items => [.. _order.Select(ordinal => _items[ordinal])];

    public int? Playing => Unplayed > 0 && _nextBlock < _blocks.Count && _blocks[_nextBlock].Offset <= PlayedOffset
        ? _blocks[_nextBlock].Mark.Ordinal
        : null;

    public HeardItem Item(int ordinal) => _items.GetValueOrDefault(ordinal, new HeardItem(ordinal, 0, 0, 0));

    public byte[] ToArray() => [.. _bytes];

    public void Add(ReadOnlySpan<byte> audio, List<MarkedBlock> blocks)
    {
        _bytes.AddRange(audio);
        foreach (var block in blocks)
        {
            var ordinal = block.Mark.Ordinal;
            if (!_items.ContainsKey(ordinal))
                _order.Add(ordinal);
            if (_cut.Contains(ordinal))
                BlocksAfterClear++;

            // A block that came in pieces may have been begun before it could be recognised.
            var begun = Math.Clamp(PlayedOffset - block.Offset, 0, Watermark.BlockSamples);
            var item = Item(ordinal);
            _items[ordinal] = item with { Received = item.Received + Watermark.BlockSamples, Heard = item.Heard + begun };
            _blocks.Add(block);
        }

        SkipPlayedBlocks();
    }

    /// <summary>Plays up to so many samples, and returns how many there were.</summary>
    public int Play(int samples, List<byte> into)
    {
        var count = (int)Math.Min(samples, Unplayed);
        into.AddRange(CollectionsMarshal.AsSpan(_bytes).Slice((int)PlayedOffset, count));
        PlayTo(PlayedOffset + count, (item, played) => item with { Heard = item.Heard + played });
        return count;
    }

    public void DropUnplayed()
    {
        foreach (var item in _items.Values.Where(item => item.Unheard > 0))
            _cut.Add(item.Item);
        PlayTo(Length, (item, dropped) => item with { Dropped = item.Dropped + dropped });
    }

    private void PlayTo(long offset, Func<HeardItem, long, HeardItem> count)
    {
        for (var i = _nextBlock; i < _blocks.Count && _blocks[i].Offset < offset; i++)
        {
            var from = Math.Max(_blocks[i].Offset, PlayedOffset);
            var to = Math.Min(_blocks[i].Offset + Watermark.BlockSamples, offset);
            var ordinal = _blocks[i].Mark.Ordinal;
            _items[ordinal] = count(_items[ordinal], to - from);
        }

        PlayedOffset = offset;
        SkipPlayedBlocks();
    }

    private void SkipPlayedBlocks()
    {
        while (_nextBlock < _blocks.Count && _blocks[_nextBlock].Offset + Watermark.BlockSamples <= PlayedOffset)
            _nextBlock++;
    }
}
