namespace Bridge.Infrastructure.Tests;

/// <summary>Sounds as a phone line carries them, made here: the µ-law encoder is not the product's.</summary>
internal static class PhoneSound
{
    public static byte[] Silence(int ms) => [.. Enumerable.Repeat((byte)0xFF, ms * 8)];

    /// <summary>A tone of 400 Hz.</summary>
    public static byte[] Tone(int ms, int amplitude = 8000) =>
        [.. Enumerable.Range(0, ms * 8).Select(i => Encode((int)(amplitude * Math.Sin(2 * Math.PI * 400 * i / 8000))))];

    /// <summary>Hiss whose loudness is, on the average, half of <paramref name="amplitude"/>; the same in each run.</summary>
    public static byte[] Noise(int ms, int amplitude)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, ms * 8).Select(_ => Encode(random.Next(-amplitude, amplitude + 1)))];
    }

    /// <summary>One sample of 16 bits to G.711 µ-law: find the segment by its threshold, keep four bits below it, invert.</summary>
    private static byte Encode(int sample)
    {
        var sign = sample < 0 ? 0x80 : 0;
        var magnitude = Math.Min(Math.Abs(sample), 32635) + 132;
        var segment = 7;
        while (segment > 0 && magnitude < 132 << segment)
            segment--;
        return (byte)~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0F));
    }
}
