using System.Buffers;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// The bytes of a connection between the network and whoever reads its frames: what is joined of a message, and behind it what came and
/// was not looked at yet. A message that does not fit into it is read into a larger one, up to the limit, which is the pool's and goes
/// back to it when a few messages in a row did not need it: a call that is silent holds no large buffer.
/// </summary>
/// <param name="usualBytes">The buffer at first.</param>
/// <param name="mostBytes">The largest.</param>
internal sealed class ReceiveBuffer(int usualBytes, int mostBytes)
{
    /// <summary>Messages in a row that do without the larger buffer, before it is given back: audio and its words come in turn.</summary>
    private const int FewMessages = 8;

    /// <summary>A second of audio as base64. What is larger is taken in steps, as it comes, and goes back at once.</summary>
    private const int MostKept = 16 * 1024;

    private readonly byte[] _usual = GC.AllocateUninitializedArray<byte>(usualBytes);
    private byte[]? _larger;
    private int _start;
    private int _joined;
    private int _at;
    private int _end;
    private int _unneeded;

    /// <summary>What came and was not taken yet.</summary>
    public Span<byte> Unread => Bytes.AsSpan(_at, _end - _at);

    /// <summary>The bytes that were joined since the last <see cref="Release"/>.</summary>
    public Memory<byte> Joined => Bytes.AsMemory(_start, _joined);

    private byte[] Bytes => _larger ?? _usual;

    /// <summary>Takes a header and the payload behind it; the payload is joined to those before it.</summary>
    public void Join(int header, int payload)
    {
        if (_joined == 0)
            _start = _at + header;
        else
            Bytes.AsSpan(_at + header, payload).CopyTo(Bytes.AsSpan(_start + _joined));
        _joined += payload;
        _at += header + payload;
    }

    /// <summary>Takes bytes that belong to no message.</summary>
    public void Skip(int length) => _at += length;

    /// <summary>What was joined is nobody's any more.</summary>
    public void Release()
    {
        _unneeded = _joined + FrameHeader.MaxLength > _usual.Length ? 0 : _unneeded + 1;
        (_start, _joined) = (0, 0);
        if (_at < _end)
            return;
        (_at, _end) = (0, 0);
        if (_unneeded >= FewMessages || _larger?.Length > MostKept)
            GiveBack();
    }

    /// <summary>Where more bytes can be received: at least one, if the limit allows.</summary>
    /// <param name="needed">How many unread bytes there must be before anything more can be taken.</param>
    public Memory<byte> Free(long needed)
    {
        if (_end == Bytes.Length || Bytes.Length - _at < needed)
            MakeRoom(needed);
        return Bytes.AsMemory(_end);
    }

    /// <summary>So many bytes were received.</summary>
    public void Received(int bytes) => _end += bytes;

    /// <summary>All of it is thrown away, and can be received into.</summary>
    public Memory<byte> Discard()
    {
        (_start, _joined, _at, _end) = (0, 0, 0, 0);
        return Bytes;
    }

    private void MakeRoom(long needed)
    {
        var unread = _end - _at;
        var wanted = Math.Min(_joined + needed, mostBytes);
        var (from, larger) = (Bytes, (byte[]?)null);
        // A far end that only says that much will come is given no memory for it.
        if (wanted > from.Length && (wanted <= MostKept || _joined + unread == from.Length))
            larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(wanted, Math.Max(MostKept, from.Length * 2L)));
        if (larger is null && _at == _joined)
            return;
        var to = larger ?? from;
        from.AsSpan(_start, _joined).CopyTo(to);
        from.AsSpan(_at, unread).CopyTo(to.AsSpan(_joined));
        (_start, _at, _end) = (0, _joined, _joined + unread);
        if (larger is null)
            return;
        GiveBack();
        _larger = larger;
    }

    private void GiveBack()
    {
        if (_larger is not null)
            ArrayPool<byte>.Shared.Return(_larger);
        _larger = null;
    }
}
