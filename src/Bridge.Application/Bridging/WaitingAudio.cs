using System.Buffers;
using Bridge.Domain.Playback;

namespace Bridge.Application.Bridging;

/// <summary>
/// What the caller says while the model cannot take it: ten seconds at the most while there is no session or its socket is busy, two
/// while it is stuck. Kept in order; what is older is dropped. Takes its memory with the first frame, as much as is needed, and gives
/// it back when nothing waits: every call passes here while its session is opened, which takes a fraction of a second.
/// </summary>
internal sealed class WaitingAudio : IDisposable
{
    private const int Capacity = 10_000 * Pcmu.SamplesPerMillisecond;

    /// <summary>What waits for a socket that is stuck: a model that hears the caller later than this is better reconnected.</summary>
    private const int WhileStuck = 2_000 * Pcmu.SamplesPerMillisecond;

    /// <summary>What most calls say while their session is opened.</summary>
    private const int Usual = 256 * Pcmu.SamplesPerMillisecond;
    private byte[]? _ring;
    private int _start;
    private int _length;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>The oldest of it, as far as it lies in one piece.</summary>
    public ReadOnlyMemory<byte> Oldest => _ring is null ? default : _ring.AsMemory(_start, Math.Min(_length, _ring.Length - _start));

    /// <summary>Keeps a copy; returns how many bytes of the oldest had to make room.</summary>
    /// <param name="audio">The newest of it.</param>
    /// <param name="stuck">There is a session, and its socket has not taken anything for long: two seconds are kept.</param>
    public int Add(ReadOnlySpan<byte> audio, bool stuck)
    {
        // What waited for the session is not cut because the rest of it goes in two pieces.
        var most = stuck ? Math.Max(WhileStuck, _length) : Capacity;
        if (audio.Length > most)
            audio = audio[^most..];
        var dropped = Math.Max(0, _length + audio.Length - most);
        var ring = RoomFor(_length - dropped + audio.Length);
        _start = (_start + dropped) % ring.Length;
        _length -= dropped;
        var end = (_start + _length) % ring.Length;
        var first = Math.Min(audio.Length, ring.Length - end);
        audio[..first].CopyTo(ring.AsSpan(end));
        audio[first..].CopyTo(ring);
        _length += audio.Length;
        return dropped;
    }

    /// <summary>So much of the oldest was taken.</summary>
    public void Took(int bytes)
    {
        _length -= bytes;
        if (_length == 0)
            Dispose();
        else
            _start = (_start + bytes) % _ring!.Length;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_ring is not null)
            ArrayPool<byte>.Shared.Return(_ring);
        (_ring, _start, _length) = (null, 0, 0);
    }

    private byte[] RoomFor(int bytes)
    {
        if (_ring is { } ring && ring.Length >= bytes)
            return ring;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, _ring?.Length * 2 ?? Usual));
        if (_ring is { } old)
        {
            var first = Math.Min(_length, old.Length - _start);
            old.AsSpan(_start, first).CopyTo(larger);
            old.AsSpan(0, _length - first).CopyTo(larger.AsSpan(first));
            ArrayPool<byte>.Shared.Return(old);
        }

        (_ring, _start) = (larger, 0);
        return larger;
    }
}
