using System.Buffers.Binary;

namespace Bridge.Infrastructure.Tests;

/// <summary>WebSocket frames as bytes (RFC 6455, section 5.2), without garbage: whole messages only, of less than 64 KB.</summary>
internal static class RawFrame
{
    public const byte Text = 0x81;
    public const byte Close = 0x88;

    private const int Masked = 0x80;

    /// <summary>Writes a frame and returns its length.</summary>
    /// <param name="to">Large enough.</param>
    /// <param name="kind"><see cref="Text"/> or <see cref="Close"/>.</param>
    /// <param name="payload">What is in it.</param>
    /// <param name="fromClient">Clients mask; with a mask of zeros, which leaves the payload as it is.</param>
    public static int Write(Span<byte> to, byte kind, ReadOnlySpan<byte> payload, bool fromClient)
    {
        to[0] = kind;
        to[1] = (byte)((fromClient ? Masked : 0) | (payload.Length < 126 ? payload.Length : 126));
        var length = 2;
        if (payload.Length >= 126)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to[length..], (ushort)payload.Length);
            length += 2;
        }

        if (fromClient)
        {
            to.Slice(length, 4).Clear();
            length += 4;
        }

        payload.CopyTo(to[length..]);
        return length + payload.Length;
    }

    /// <summary>Takes the first frame off what was written. Returns its payload, masked if it came from a client.</summary>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> written, out byte kind)
    {
        kind = written[0];
        var length = written[1] & ~Masked;
        var start = 2 + ((written[1] & Masked) != 0 ? 4 : 0);
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(written[2..]);
            start += 2;
        }

        var payload = written.Slice(start, length);
        written = written[(start + length)..];
        return payload;
    }
}
