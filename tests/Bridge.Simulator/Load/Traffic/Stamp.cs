using System.Buffers.Binary;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>
/// Twenty milliseconds of µ-law that say whose they are, which, and when they were sent, and in which every byte can be checked. Only
/// the sixteen quietest codes are used, four bits in each: nothing in it is taken for speech.
/// </summary>
/// <param name="Call">Which call.</param>
/// <param name="Sequence">Which frame of its direction, from 0.</param>
/// <param name="SentAt">Nanoseconds of the machine's monotonic clock.</param>
internal readonly record struct Stamp(int Call, int Sequence, long SentAt)
{
    /// <summary>Bytes of it: a frame of Twilio's.</summary>
    public const int Size = 160;

    private const int Head = 20;
    private const uint Salt = 0x5BD1E995;
    private static readonly byte[][] Patterns = [.. Enumerable.Range(0, 16).Select(PatternOf)];

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> pcmu)
    {
        Span<byte> head = stackalloc byte[Head];
        BinaryPrimitives.WriteInt32LittleEndian(head, Call);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], SentAt);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], Check(head));
        for (var i = 0; i < Head; i++)
        {
            pcmu[i * 2] = (byte)(0xF0 | (head[i] & 0x0F));
            pcmu[(i * 2) + 1] = (byte)(0xF0 | (head[i] >> 4));
        }

        Patterns[Sequence & 15].CopyTo(pcmu[(Head * 2)..]);
    }

    /// <summary>Reads it; false when a single byte is not as it was sent.</summary>
    public static bool TryRead(ReadOnlySpan<byte> pcmu, out Stamp stamp)
    {
        stamp = default;
        if (pcmu.Length != Size)
            return false;
        Span<byte> head = stackalloc byte[Head];
        for (var i = 0; i < Head; i++)
        {
            var (low, high) = (pcmu[i * 2], pcmu[(i * 2) + 1]);
            if (low < 0xF0 || high < 0xF0)
                return false;
            head[i] = (byte)((low & 0x0F) | (high << 4));
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(head[16..]) != Check(head))
            return false;
        stamp = new Stamp(BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]), BinaryPrimitives.ReadInt64LittleEndian(head[8..]));
        return pcmu[(Head * 2)..].SequenceEqual(Patterns[stamp.Sequence & 15]);
    }

    private static uint Check(ReadOnlySpan<byte> head)
    {
        var check = Salt;
        for (var i = 0; i < 16; i += 4)
            check = (check ^ BinaryPrimitives.ReadUInt32LittleEndian(head[i..])) * 0x01000193;
        return check;
    }

    private static byte[] PatternOf(int which)
    {
        var pattern = new byte[Size - (Head * 2)];
        for (var i = 0; i < pattern.Length; i++)
            pattern[i] = (byte)(0xF0 | (((i * 7) + (which * 3) + (i >> 4)) & 0x0F));
        return pattern;
    }
}
