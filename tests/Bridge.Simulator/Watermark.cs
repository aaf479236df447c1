using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Bridge.Simulator;

/// <summary>
/// Which item, and which 20 ms of it, a piece of audio is. Carried in the least significant bits of a block's first 64 samples, where
/// nobody hears it: 16 bits of sync, the item's ordinal, the frame number, and a CRC over both and over all the block's other bits, so
/// that what arrives at the caller proves by itself whose audio it is and that not a bit of it changed.
/// </summary>
public readonly record struct Watermark(int Ordinal, int Frame)
{
    /// <summary>Samples of one marked block: 20 ms.</summary>
    public const int BlockSamples = Pcmu.FrameSamples;

    private const int Bits = 64;
    private const ushort Sync = 0xB51D;

    /// <summary>Marks audio in place, block by block; its length must be whole blocks.</summary>
    public static void Write(Span<byte> audio, int ordinal, int firstFrame)
    {
        if (audio.Length % BlockSamples != 0)
            throw new ArgumentException("Marked audio comes in whole blocks of 20 ms.", nameof(audio));
        for (var offset = 0; offset < audio.Length; offset += BlockSamples)
            new Watermark(ordinal, firstFrame + (offset / BlockSamples)).WriteBlock(audio.Slice(offset, BlockSamples));
    }

    /// <summary>Reads the mark of a block; false when there is none or anything in the block was changed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, [NotNullWhen(true)] out Watermark watermark)
    {
        watermark = default;
        if (block.Length < BlockSamples || ReadBits(block, 16) != Sync)
            return false;
        var word = ReadBits(block, Bits);
        watermark = new Watermark((ushort)(word >> 32), (ushort)(word >> 16));
        return (ushort)word == Checksum(block[..BlockSamples], watermark);
    }

    private void WriteBlock(Span<byte> block)
    {
        var word = ((ulong)Sync << 48) | ((ulong)(ushort)Ordinal << 32) | ((ulong)(ushort)Frame << 16) | Checksum(block, this);
        for (var i = 0; i < Bits; i++)
            block[i] = (byte)((block[i] & ~1) | (int)((word >> (Bits - 1 - i)) & 1));
    }

    private static ulong ReadBits(ReadOnlySpan<byte> block, int count)
    {
        ulong word = 0;
        for (var i = 0; i < count; i++)
            word = (word << 1) | (uint)(block[i] & 1);
        return word;
    }

    // CRC-16 with polynomial 0x1021, over the numbers and over the audio without the bits that carry the mark.
    private static ushort Checksum(ReadOnlySpan<byte> block, Watermark watermark)
    {
        Span<byte> numbers = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(numbers, (ushort)watermark.Ordinal);
        BinaryPrimitives.WriteUInt16BigEndian(numbers[2..], (ushort)watermark.Frame);
        ushort crc = 0xFFFF;
        foreach (var value in numbers)
            crc = Next(crc, value);
        for (var i = 0; i < block.Length; i++)
            crc = Next(crc, i < Bits ? (byte)(block[i] & ~1) : block[i]);
        return crc;
    }

    private static ushort Next(ushort crc, byte value) => (ushort)((crc << 8) ^ Table[(crc >> 8) ^ value]);

    private static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(index =>
    {
        var crc = index << 8;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
        return (ushort)crc;
    })];
}
