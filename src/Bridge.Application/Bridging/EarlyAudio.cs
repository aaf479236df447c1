using System.Buffers;
using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;

namespace Bridge.Application.Bridging;

/// <summary>
/// What the caller says before the model can listen: kept in order, sent when the session is ready. Holds the last ten
/// seconds, far more than a session may take to open; what is older is dropped. Takes its memory with the first frame.
/// </summary>
internal sealed class EarlyAudio : IDisposable
{
    private const int Capacity = 10_000 * Pcmu.SamplesPerMillisecond;
    private byte[]? _ring;
    private int _start;
    private int _length;

    /// <summary>Keeps a copy of a frame.</summary>
    public void Add(ReadOnlySpan<byte> frame)
    {
        _ring ??= ArrayPool<byte>.Shared.Rent(Capacity);
        foreach (var sample in frame)
        {
            _ring[(_start + _length) % Capacity] = sample;
            if (_length < Capacity)
                _length++;
            else
                _start = (_start + 1) % Capacity;
        }
    }

    /// <summary>Sends what was kept, oldest first, and gives the memory back.</summary>
    public async ValueTask SendToAsync(IRealtimeSession session, CancellationToken cancellationToken)
    {
        if (_ring is null)
            return;
        var first = Math.Min(_length, Capacity - _start);
        await session.AppendAudioAsync(_ring.AsMemory(_start, first), cancellationToken);
        if (_length > first)
            await session.AppendAudioAsync(_ring.AsMemory(0, _length - first), cancellationToken);
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
