namespace Bridge.Simulator;

/// <summary>G.711 µ-law (ITU-T G.711, RFC 3551 PCMU): 8000 samples a second, one byte each. A second implementation, on purpose.</summary>
public static class Pcmu
{
    /// <summary>Samples a second, and bytes a second.</summary>
    public const int SampleRate = 8000;

    /// <summary>One media frame: 20 ms.</summary>
    public const int FrameSamples = 160;

    /// <summary>The code of the smallest positive amplitude: what a silent line carries, next to 0x7F.</summary>
    public const byte Silence = 0xFF;

    private const int Bias = 0x84;
    private const int Clip = 32635;

    private static readonly short[] Linear = [.. Enumerable.Range(0, 256).Select(code => Expand((byte)code))];

    /// <summary>The 16 bit amplitude of one code.</summary>
    public static short Decode(byte code) => Linear[code];

    /// <summary>The nearest code of a 16 bit amplitude.</summary>
    public static byte Encode(short sample)
    {
        var sign = sample < 0 ? 0x80 : 0;
        var magnitude = Math.Min(Math.Abs((int)sample), Clip) + Bias;
        var exponent = 7 - (Math.Max(0, int.LeadingZeroCount(magnitude) - 17));
        var mantissa = (magnitude >> (exponent + 3)) & 0x0F;
        return (byte)~(sign | (exponent << 4) | mantissa);
    }

    public static short[] Decode(ReadOnlySpan<byte> codes)
    {
        var samples = new short[codes.Length];
        for (var i = 0; i < codes.Length; i++)
            samples[i] = Linear[codes[i]];
        return samples;
    }

    public static byte[] Encode(ReadOnlySpan<short> samples)
    {
        var codes = new byte[samples.Length];
        for (var i = 0; i < samples.Length; i++)
            codes[i] = Encode(samples[i]);
        return codes;
    }

    /// <summary>Silence of a given length.</summary>
    public static byte[] Quiet(int samples)
    {
        var codes = new byte[samples];
        Array.Fill(codes, Silence);
        return codes;
    }

    /// <summary>The mean of the absolute amplitudes: 0 for silence, some thousands for speech.</summary>
    public static int Loudness(ReadOnlySpan<byte> codes)
    {
        if (codes.IsEmpty)
            return 0;
        long sum = 0;
        foreach (var code in codes)
            sum += Math.Abs((int)Linear[code]);
        return (int)(sum / codes.Length);
    }

    /// <summary>A whole number of samples for a time: 8 a millisecond.</summary>
    public static int Samples(int milliseconds) => milliseconds * (SampleRate / 1000);

    /// <summary>Milliseconds, rounded down, as both wires count them.</summary>
    public static int Milliseconds(long samples) => (int)(samples / (SampleRate / 1000));

    private static short Expand(byte code)
    {
        var inverted = (byte)~code;
        var exponent = (inverted >> 4) & 7;
        var magnitude = ((((inverted & 0x0F) << 3) + Bias) << exponent) - Bias;
        return (short)((inverted & 0x80) != 0 ? -magnitude : magnitude);
    }
}
