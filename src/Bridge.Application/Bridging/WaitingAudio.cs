using System.Buffers;
using Bridge.Domain.Playback;

namespace Bridge.Application.Bridging;

/// <summary>
/// What the caller says while the model cannot take it: ten seconds at the most while there is no session, two while its
/// socket is stuck. Kept in order; what is older is dropped. Takes its memory with the first frame and gives it back when
/// nothing waits.
/// </summary>
internal sealed class WaitingAudio : IDisposable
{
    private const int Capacity = 10_000 * Pcmu.SamplesPerMillisecond;

    /// <summary>What waits for a socket that is stuck: a model that hears the caller later than this is better reconnected.</summary>
    private const int WhileStuck = 2_000 * Pcmu.SamplesPerMillisecond;
    private byte[]? _ring;
    private int _start;
    private int _length;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>The oldest of it, as far as it lies in one piece.</summary>
    public ReadOnlyMemory<byte> Oldest => _ring.AsMemory(_start, Math.Min(_length, Capacity - _start));

    /// <summary>Keeps a copy; returns how many bytes of the oldest had to make room.</summary>
    /// <param name="audio">The newest of it.</param>
    /// <param name="stuck">There is a session, and its socket does not take it: two seconds are kept.</param>
    public int Add(ReadOnlySpan<byte> audio, bool stuck)
    {
        _ring ??= ArrayPool<byte>.Shared.Rent(Capacity);
        // What waited for the session is not cut because the rest of it goes in two pieces.
        var most = stuck ? Math.Max(WhileStuck, _length) : Capacity;
        if (audio.Length > most)
            audio = audio[^most..];
        var dropped = Math.Max(0, _length + audio.Length - most);
        _start = (_start + dropped) % Capacity;
        _length -= dropped;
        var end = (_start + _length) % Capacity;
        var first = Math.Min(audio.Length, Capacity - end);
        audio[..first].CopyTo(_ring.AsSpan(end));
        audio[first..].CopyTo(_ring);
        _length += audio.Length;
        return dropped;
    }

    /// <summary>So much of the oldest was taken.</summary>
    public void Took(int bytes)
    {
        _start = (_start + bytes) % Capacity;
        _length -= bytes;
        if (_length == 0)
            Dispose();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_ring is not null)
            ArrayPool<byte>.Shared.Return(_ring);
        (_ring, _start, _length) = (null, 0, 0);
    }
}
