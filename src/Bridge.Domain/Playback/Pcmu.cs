namespace Bridge.Domain.Playback;

/// <summary>G.711 µ-law, 8 kHz mono (RFC 3551 "PCMU"): one byte is one sample, eight bytes are one millisecond.</summary>
public static class Pcmu
{
    /// <summary>Samples in a millisecond, and so bytes too.</summary>
    public const int SamplesPerMillisecond = 8;

    /// <summary>The byte that is silence (zero amplitude).</summary>
    public const byte Silence = 0xFF;

    /// <summary>Whole milliseconds in <paramref name="samples"/>, rounded down: rounding up could name audio that does not exist.</summary>
    public static int ToMilliseconds(long samples) => (int)(samples / SamplesPerMillisecond);

    /// <summary>Samples in <paramref name="milliseconds"/>.</summary>
    public static long ToSamples(long milliseconds) => milliseconds * SamplesPerMillisecond;
}
