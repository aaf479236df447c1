namespace Bridge.Simulator.Caller;

/// <summary>A block that was recognised: <paramref name="Offset"/> counts the received bytes before it.</summary>
internal readonly record struct MarkedBlock(long Offset, Watermark Mark);

/// <summary>
/// Finds marked blocks in the received audio, however it was cut into messages, and counts what is wrong with them. Audio without
/// marks (another model's) is passed over.
/// </summary>
internal sealed class WatermarkReader
{
    private readonly List<byte> _pending = [];
    private readonly Dictionary<int, int> _nextFrame = [];
    private long _offset;
    private bool _marked;
    private int _astray;

    /// <summary>Blocks that were expected and came changed or cut.</summary>
    public int Corrupt { get; private set; }

    /// <summary>Blocks that came twice, out of turn, or after one that is missing.</summary>
    public int OutOfOrder { get; private set; }

    /// <summary>Takes the next received bytes and returns the blocks they complete.</summary>
    public List<MarkedBlock> Read(ReadOnlySpan<byte> audio)
    {
        var blocks = new List<MarkedBlock>();
        _pending.AddRange(audio);
        var all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending);
        var at = 0;
        while (all.Length - at >= Watermark.BlockSamples)
        {
            if (Watermark.TryRead(all[at..], out var mark))
            {
                blocks.Add(new MarkedBlock(_offset + at, mark));
                CheckOrder(mark);
                (_marked, _astray) = (true, 0);
                at += Watermark.BlockSamples;
                continue;
            }

            // One count for every 20 ms that should have been a block.
            if (_marked && _astray % Watermark.BlockSamples == 0)
                Corrupt++;
            _astray++;
            at++;
        }

        _pending.RemoveRange(0, at);
        _offset += at;
        return blocks;
    }

    /// <summary>
    /// The buffer was cleared: a block that is still incomplete will never be, and the next one begins with the next message.
    /// </summary>
    public void Restart()
    {
        _offset += _pending.Count;
        _pending.Clear();
        (_marked, _astray) = (false, 0);
    }

    private void CheckOrder(Watermark mark)
    {
        var expected = _nextFrame.GetValueOrDefault(mark.Ordinal);
        if (mark.Frame != expected)
            OutOfOrder++;
        _nextFrame[mark.Ordinal] = mark.Frame + 1;
    }
}
