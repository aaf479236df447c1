using System.Buffers.Binary;
using System.Text;

namespace Bridge.Simulator.Faults;

/// <summary>WebSocket frames as bytes (RFC 6455), right ones and wrong ones.</summary>
public static class RawFrame
{
    public const int Continuation = 0x0;
    public const int Text = 0x1;
    public const int Binary = 0x2;
    public const int Close = 0x8;
    public const int Ping = 0x9;
    public const int Pong = 0xA;

    /// <summary>
    /// A frame. <paramref name="reserved"/> are its three reserved bits; <paramref name="mask"/> is what a client must and a server must
    /// not give.
    /// </summary>
    public static byte[] Make(int opcode, ReadOnlySpan<byte> payload, bool isLast = true, int reserved = 0, uint? mask = null)
    {
        byte[] frame = [.. Header(opcode, payload.Length, isLast, reserved, mask), .. payload];
        if (mask is not { } key)
            return frame;
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, key);
        var start = frame.Length - payload.Length;
        for (var i = 0; i < payload.Length; i++)
            frame[start + i] ^= bytes[i % 4];
        return frame;
    }

    /// <summary>A frame of text.</summary>
    public static byte[] OfText(string text) => Make(Text, Encoding.UTF8.GetBytes(text));

    /// <summary>A frame's header, which may claim any length (up to 2^63 - 1) and be followed by nothing.</summary>
    public static byte[] Header(int opcode, long length, bool isLast = true, int reserved = 0, uint? mask = null)
    {
        var header = new byte[14];
        header[0] = (byte)((isLast ? 0x80 : 0) | (reserved << 4) | opcode);
        var size = 2;
        if (length < 126)
        {
            header[1] = (byte)length;
        }
        else if (length <= ushort.MaxValue)
        {
            header[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)length);
            size += 2;
        }
        else
        {
            header[1] = 127;
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), length);
            size += 8;
        }

        if (mask is not { } key)
            return header[..size];
        header[1] |= 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(size), key);
        return header[..(size + 4)];
    }
}
