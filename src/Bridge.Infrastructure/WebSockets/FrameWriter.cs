using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Writes text frames, pure but for the masks.
/// RFC 6455, section 5.2: <c>FIN=1 opcode=1 | mask, length 7 bits | length 16 or 64 bits when 126 or 127 | masking key | payload</c>.
/// </summary>
/// <param name="isClient">Whether frames are masked.</param>
internal sealed class FrameWriter(bool isClient)
{
    /// <summary>The most that stands before a payload.</summary>
    public const int MaxHeader = 14;

    private const int MaskBytes = 4;
    private const byte FinalText = 0x81;

    // Section 5.3: from a strong source, and never the same twice in a row. Asking for a few at once costs what asking for one does.
    private readonly byte[] _masks = isClient ? new byte[32 * MaskBytes] : [];
    private int _used = int.MaxValue;

    /// <summary>Bytes that are enough for a message of so many.</summary>
    public static int Room(int maxBytes) => MaxHeader + maxBytes;

    /// <summary>Writes the message as a frame at the beginning of <paramref name="frame"/>, which has <see cref="Room"/> for it; returns the frame's length.</summary>
    public int Write<TMessage>(TMessage message, Span<byte> frame)
        where TMessage : struct, IWireMessage
    {
        // Written where the payload will most likely be, and moved if its length has another form than was thought.
        var guess = HeaderLength(message.MaxBytes);
        var length = message.Write(frame[guess..]);
        var header = HeaderLength(length);
        if (header != guess)
            frame.Slice(guess, length).CopyTo(frame[header..]);
        WriteHeader(frame, length);
        if (isClient)
            Mask(frame.Slice(header - MaskBytes, MaskBytes), frame.Slice(header, length));
        return header + length;
    }

    private int HeaderLength(int length) => (length < 126 ? 2 : length <= ushort.MaxValue ? 4 : 10) + (isClient ? MaskBytes : 0);

    private void WriteHeader(Span<byte> frame, int length)
    {
        var masked = isClient ? 0x80 : 0;
        frame[0] = FinalText;
        if (length < 126)
        {
            frame[1] = (byte)(masked | length);
        }
        else if (length <= ushort.MaxValue)
        {
            frame[1] = (byte)(masked | 126);
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)length);
        }
        else
        {
            frame[1] = (byte)(masked | 127);
            BinaryPrimitives.WriteUInt64BigEndian(frame[2..], (ulong)length);
        }
    }

    private void Mask(Span<byte> key, Span<byte> payload)
    {
        if (_used >= _masks.Length)
        {
            RandomNumberGenerator.Fill(_masks);
            _used = 0;
        }

        _masks.AsSpan(_used, MaskBytes).CopyTo(key);
        _used += MaskBytes;
        var wide = Vector.AsVectorByte(new Vector<uint>(BinaryPrimitives.ReadUInt32LittleEndian(key)));
        var at = 0;
        for (; at + Vector<byte>.Count <= payload.Length; at += Vector<byte>.Count)
            (new Vector<byte>(payload[at..]) ^ wide).CopyTo(payload[at..]);
        for (; at < payload.Length; at++)
            payload[at] ^= key[at % MaskBytes];
    }
}
