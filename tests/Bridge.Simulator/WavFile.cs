using System.Buffers.Binary;
using System.Text;

namespace Bridge.Simulator;

/// <summary>
/// Recordings as files: RIFF/WAVE in (the kinds of <see cref="WavFormat"/>, any rate from 8 kHz, any channels), 8 kHz 16 bit PCM out.
/// </summary>
public static class WavFile
{
    /// <summary>Reads a .wav file, or raw µ-law from any other file; the result is 8 kHz µ-law.</summary>
    public static byte[] ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        var audio = path.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) ? Read(stream) : ReadAll(stream);
        return audio.Length > 0 ? audio : throw new InvalidDataException("There is no sound in it.");
    }

    /// <summary>Reads a WAV stream as 8 kHz µ-law.</summary>
    public static byte[] Read(Stream stream)
    {
        var file = ReadAll(stream).AsSpan();
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file.Slice(8, 4).SequenceEqual("WAVE"u8))
            throw new InvalidDataException("This is not a WAV file.");

        WavFormat? format = null;
        for (var rest = file[12..]; rest.Length >= 8;)
        {
            var size = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]), (uint)(rest.Length - 8));
            var body = rest.Slice(8, size);
            if (rest[..4].SequenceEqual("fmt "u8))
                format = WavFormat.Parse(body);
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
        writer.Write((short)WavFormat.Pcm);
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

    private static byte[] ToPcmu(ReadOnlySpan<byte> data, WavFormat format)
    {
        if (format is { Tag: WavFormat.MuLaw, Channels: 1, Rate: Pcmu.SampleRate })
            return data.ToArray();

        var frames = data.Length / format.FrameBytes;
        var mono = new double[frames];
        for (var i = 0; i < frames; i++)
        {
            for (var channel = 0; channel < format.Channels; channel++)
                mono[i] += format.Sample(data[((i * format.FrameBytes) + (channel * format.SampleBytes))..]) / format.Channels;
        }

        return Pcmu.Encode(Resample(mono, format.Rate));
    }

    // Each output sample is the mean of the input it covers: a plain low-pass that is good enough for speech on a telephone line.
    private static short[] Resample(double[] input, long rate)
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
}
