using System.Buffers.Binary;
using System.Numerics;

namespace Bridge.Simulator.Load.Wire;

/// <summary>A frame of RFC 6455 as it was found.</summary>
/// <param name="IsFinal">The last of its message.</param>
/// <param name="Opcode">1 is text, 0 goes on, 8 closes, 9 is a ping.</param>
/// <param name="Start">Where its payload, unmasked, begins.</param>
/// <param name="Length">Bytes of it.</param>
internal readonly record struct FrameFound(bool IsFinal, int Opcode, int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>RFC 6455's frames, pure (§5.2). The generator's own codec: quick, and it shares nothing with what is measured.</summary>
internal static class Frames
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>The most that stands before a payload.</summary>
    public const int MaxHeader = 14;

    /// <summary>Finds the first frame, if it is whole, and unmasks it where it stands.</summary>
    /// <exception cref="InvalidDataException">Longer than any message here.</exception>
    public static bool TryRead(Span<byte> bytes, out FrameFound frame)
    {
        frame = default;
        if (bytes.Length < 2)
            return false;
        var isMasked = (bytes[1] & 0x80) != 0;
        long length = bytes[1] & 0x7F;
        var at = 2;
        if (length == 126)
        {
            if (bytes.Length < 4)
                return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            at = 4;
        }
        else if (length == 127)
        {
            if (bytes.Length < 10)
                return false;
            length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
            at = 10;
        }

        if (length is < 0 or > 100_000)
            throw new InvalidDataException($"A frame of {length} bytes.");
        var mask = at;
        at += isMasked ? 4 : 0;
        if (bytes.Length < at + length)
            return false;
        if (isMasked)
            Mask(bytes.Slice(at, (int)length), BinaryPrimitives.ReadUInt32LittleEndian(bytes[mask..]));
        frame = new FrameFound((bytes[0] & 0x80) != 0, bytes[0] & 0x0F, at, (int)length);
        return true;
    }

    /// <summary>
    /// Puts a header before a payload that begins at <see cref="MaxHeader"/> of <paramref name="buffer"/>, masks it when
    /// <paramref name="mask"/> is not 0, and returns the frame.
    /// </summary>
    public static Span<byte> Wrap(Span<byte> buffer, int length, int opcode, uint mask)
    {
        var at = MaxHeader;
        if (mask != 0)
        {
            Mask(buffer.Slice(MaxHeader, length), mask);
            at -= 4;
            BinaryPrimitives.WriteUInt32LittleEndian(buffer[at..], mask);
        }

        var masked = mask != 0 ? 0x80 : 0;
        if (length < 126)
        {
            buffer[--at] = (byte)(masked | length);
        }
        else
        {
            at -= 2;
            BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], checked((ushort)length));
            buffer[--at] = (byte)(masked | 126);
        }

        buffer[--at] = (byte)(0x80 | opcode);
        return buffer[at..(MaxHeader + length)];
    }

    private static void Mask(Span<byte> bytes, uint mask)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(key, mask);
        var wide = Vector.AsVectorByte(new Vector<uint>(mask));
        var i = 0;
        for (; i + Vector<byte>.Count <= bytes.Length; i += Vector<byte>.Count)
            (new Vector<byte>(bytes[i..]) ^ wide).CopyTo(bytes[i..]);
        for (; i < bytes.Length; i++)
            bytes[i] ^= key[i & 3];
    }
}
