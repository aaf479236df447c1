using System.Buffers.Binary;
using System.Text;

namespace Bridge.Infrastructure.Tests;

/// <summary>WAV files, made here chunk by chunk.</summary>
internal static class WavBytes
{
    /// <summary>The description of the audio: 7 is µ-law, 1 is PCM.</summary>
    public static byte[] Format(int format = 7, int channels = 1, int rate = 8000, int more = 0)
    {
        var body = new byte[16 + more];
        BinaryPrimitives.WriteUInt16LittleEndian(body, (ushort)format);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), rate);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(8), rate * channels);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(12), (ushort)channels);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(14), 8);
        return Chunk("fmt ", body);
    }

    public static byte[] Data(byte[] audio) => Chunk("data", audio);

    /// <summary>A chunk; one of an odd length is followed by a byte that does not count.</summary>
    public static byte[] Chunk(string name, byte[] body, uint? length = null)
    {
        var head = new byte[8];
        Encoding.ASCII.GetBytes(name, head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), length ?? (uint)body.Length);
        return [.. head, .. body, .. new byte[body.Length & 1]];
    }

    public static byte[] File(params byte[][] chunks)
    {
        byte[] body = [.. "WAVE"u8, .. chunks.SelectMany(c => c)];
        return Chunk("RIFF", body);
    }
}
