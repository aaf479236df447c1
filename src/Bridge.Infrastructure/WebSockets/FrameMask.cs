using System.Numerics;
using System.Runtime.InteropServices;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>RFC 6455, section 5.3: byte <c>i</c> of a payload is combined with byte <c>i mod 4</c> of the key; the same way back.</summary>
internal static class FrameMask
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 4;

    /// <summary>Masks <paramref name="payload"/> where it stands, or takes the mask off.</summary>
    public static void Apply(ReadOnlySpan<byte> key, Span<byte> payload)
    {
        var wide = Vector.AsVectorByte(new Vector<uint>(MemoryMarshal.Read<uint>(key)));
        var at = 0;
        for (; at + Vector<byte>.Count <= payload.Length; at += Vector<byte>.Count)
            (new Vector<byte>(payload[at..]) ^ wide).CopyTo(payload[at..]);
        for (; at < payload.Length; at++)
            payload[at] ^= key[at % KeyBytes];
    }
}
