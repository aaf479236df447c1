using System.Buffers.Binary;
using Bridge.Domain.Playback;

namespace Bridge.Infrastructure.Recordings;

/// <summary>Reads a recording in the one format a phone line takes, PCMU at 8 kHz: raw, or in a WAV file (RIFF, format 7).</summary>
internal static class PcmuFile
{
    private const int FormatPcmu = 7;
    private static readonly long Shortest = Pcmu.ToSamples(200), Longest = Pcmu.ToSamples(10_000);

    /// <summary>Why a file cannot be played, as the end of a sentence; null when it can.</summary>
    public static string? WhyNot(string path)
    {
        try
        {
            var audio = Read(File.ReadAllBytes(path));
            return audio.Length >= Shortest && audio.Length <= Longest ? null : $"has {Pcmu.ToMilliseconds(audio.Length)} ms of audio; it must have 200 to 10000";
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return "cannot be read";
        }
    }

    /// <summary>The samples.</summary>
    /// <exception cref="InvalidDataException">It is a WAV file of another format.</exception>
    public static ReadOnlyMemory<byte> Read(byte[] file)
    {
        var bytes = file.AsSpan();
        if (!bytes.StartsWith("RIFF"u8))
            return file;
        var isPcmu = false;
        for (var at = 12; at + 8 <= bytes.Length;)
        {
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]), (uint)(bytes.Length - at - 8));
            var chunk = bytes.Slice(at + 8, length);
            if (bytes[at..].StartsWith("fmt "u8) && length >= 8)
                isPcmu = BinaryPrimitives.ReadUInt16LittleEndian(chunk) == FormatPcmu && chunk[2] == 1 && BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]) == 8_000;
            else if (bytes[at..].StartsWith("data"u8) && isPcmu)
                return file.AsMemory(at + 8, length);
            // Chunks begin at even addresses.
            at += 8 + length + (length & 1);
        }

        throw new InvalidDataException("is a WAV file, but not of G.711 µ-law, 8000 Hz, mono");
    }
}
