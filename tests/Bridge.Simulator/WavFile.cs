using System.Buffers.Binary;
using System.Text;

namespace Bridge.Simulator;

/// <summary>
/// Recordings as files: RIFF/WAVE in (PCM 8 or 16 bit, µ-law; any rate from 8 kHz, mono or stereo), 8 kHz 16 bit PCM out.
/// </summary>
public static class WavFile
{
    private const int FormatPcm = 1;
    private const int FormatPcmu = 7;

    /// <summary>Reads a .wav file, or raw µ-law from any other file; the result is 8 kHz µ-law.</summary>
    public static byte[] ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        return path.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) ? Read(stream) : ReadAll(stream);
    }

    /// <summary>Reads a WAV stream as 8 kHz µ-law.</summary>
    public static byte[] Read(Stream stream)
    {
        var file = ReadAll(stream).AsSpan();
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file.Slice(8, 4).SequenceEqual("WAVE"u8))
            throw new InvalidDataException("This is not a WAV file.");

        Format? format = null;
        for (var rest = file[12..]; rest.Length >= 8;)
        {
            var size = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]), (uint)(rest.Length - 8));
            var body = rest.Slice(8, size);
            if (rest[..4].SequenceEqual("fmt "u8))
                format = Format.Parse(body);
            else if (rest[..4].SequenceEqual("data"u8))
                return ToPcmu(body, format ?? throw new InvalidDataException("The WAV file has data before its format."));
            rest = rest[Math.Min(rest.Length, 8 + size + (size & 1))..];
        }

        throw new InvalidDataException("The WAV file has no data.");
    }

    /// <summary>Writes µ-law as a 16 bit PCM WAV, which every player opens.</summary>
    public static void WriteFile(string path, ReadOnlySpan<byte> pcmu)
    {
        using var stream = File.Create(path);
        Write(stream, pcmu);
    }

    public static void Write(Stream stream, ReadOnlySpan<byte> pcmu)
    {
        using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
        writer.Write("RIFF"u8);
        writer.Write(36 + (pcmu.Length * 2));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)FormatPcm);
        writer.Write((short)1);
        writer.Write(Pcmu.SampleRate);
        writer.Write(Pcmu.SampleRate * 2);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(pcmu.Length * 2);
        foreach (var code in pcmu)
            writer.Write(Pcmu.Decode(code));
    }

    private static byte[] ToPcmu(ReadOnlySpan<byte> data, Format format)
    {
        if (format is { Tag: FormatPcmu, Channels: 1, Rate: Pcmu.SampleRate })
            return data.ToArray();

        var frames = data.Length / format.FrameBytes;
        var mono = new double[frames];
        for (var i = 0; i < frames; i++)
        {
            for (var channel = 0; channel < format.Channels; channel++)
                mono[i] += format.Sample(data[((i * format.FrameBytes) + (channel * format.Bits / 8))..]) / format.Channels;
        }

        return Pcmu.Encode(Resample(mono, format.Rate));
    }

    // Each output sample is the mean of the input it covers: a plain low-pass that is good enough for speech on a telephone line.
    private static short[] Resample(double[] input, int rate)
    {
        var output = new short[(long)input.Length * Pcmu.SampleRate / rate];
        var step = rate / (double)Pcmu.SampleRate;
        for (var i = 0; i < output.Length; i++)
        {
            double begin = i * step, end = Math.Min((i + 1) * step, input.Length), sum = 0;
            for (var k = (int)begin; k < end; k++)
                sum += input[k] * (Math.Min(end, k + 1) - Math.Max(begin, k));
            output[i] = (short)Math.Clamp(Math.Round(sum / (end - begin)), short.MinValue, short.MaxValue);
        }

        return output;
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private sealed record Format(int Tag, int Channels, int Rate, int Bits)
    {
        public int FrameBytes => Channels * Bits / 8;

        public static Format Parse(ReadOnlySpan<byte> body)
        {
            if (body.Length < 16)
                throw new InvalidDataException("The WAV file's format is cut short.");
            var format = new Format(
                BinaryPrimitives.ReadUInt16LittleEndian(body),
                BinaryPrimitives.ReadUInt16LittleEndian(body[2..]),
                BinaryPrimitives.ReadInt32LittleEndian(body[4..]),
                BinaryPrimitives.ReadUInt16LittleEndian(body[14..]));
            if (format is not ({ Tag: FormatPcm, Bits: 8 or 16 } or { Tag: FormatPcmu, Bits: 8 }) || format.Channels is < 1 or > 2)
                throw new InvalidDataException($"A WAV file must be PCM of 8 or 16 bit or µ-law, mono or stereo; this one is {format}.");
            return format.Rate >= Pcmu.SampleRate
                ? format
                : throw new InvalidDataException($"A WAV file must have 8000 samples a second or more; this one has {format.Rate}.");
        }

        // 8 bit PCM is unsigned, 16 bit PCM is signed.
        public double Sample(ReadOnlySpan<byte> at) => (Tag, Bits) switch
        {
            (FormatPcmu, _) => Pcmu.Decode(at[0]),
            (_, 8) => (at[0] - 128) * 256,
            _ => BinaryPrimitives.ReadInt16LittleEndian(at),
        };
    }
}
