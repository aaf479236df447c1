using Bridge.Domain.Playback;

namespace Bridge.Application.Bridging;

/// <summary>
/// Frames of the caller's until there is enough for one append, as copies: what comes in is borrowed. Takes its memory with the
/// first of them and keeps it for the call; a call without batches has none.
/// </summary>
internal sealed class AudioBatch
{
    /// <summary>The longest batch there is. One that is older than this waits for frames that do not come.</summary>
    public const int LongestMs = 100;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>Nothing was gathered.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>What was gathered, in order; valid until the next is added after it was cleared.</summary>
    public ReadOnlyMemory<byte> Gathered => _bytes.AsMemory(0, _length);

    /// <summary>Copies so much of the audio as still goes into a batch of this size, and returns how many bytes that were.</summary>
    /// <param name="audio">The newest of it.</param>
    /// <param name="size">Bytes of a whole batch, up to <see cref="LongestMs"/>.</param>
    public int Add(ReadOnlySpan<byte> audio, int size)
    {
        if (_bytes.Length == 0)
            _bytes = new byte[LongestMs * Pcmu.SamplesPerMillisecond];
        var taken = Math.Min(audio.Length, size - _length);
        audio[..taken].CopyTo(_bytes.AsSpan(_length));
        _length += taken;
        return taken;
    }

    /// <summary>It was sent, or given to somebody else to keep.</summary>
    public void Clear() => _length = 0;
}
