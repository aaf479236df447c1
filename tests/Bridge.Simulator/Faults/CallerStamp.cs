namespace Bridge.Simulator.Faults;

/// <summary>
/// Caller audio whose 20 ms frames are numbered, so that what became of each can be read from the audio that a model's sessions got. The
/// number is in the least significant bits (<see cref="Watermark"/>): nobody hears it, and it gets lost when a frame is changed.
/// </summary>
public static class CallerStamp
{
    /// <summary>What tells these frames from a model's.</summary>
    public const int Line = 0xCA11;

    /// <summary>The frames that can be numbered: 21 minutes.</summary>
    public const int MaxFrames = 0x10000;

    /// <summary>Numbered silence: no voice activity.</summary>
    public static byte[] Quiet(int frames, int first = 0, int line = Line) => Stamp(Pcmu.Quiet(frames * Watermark.BlockSamples), first, line);

    /// <summary>Numbered speech, for whoever listens for a voice.</summary>
    public static byte[] Loud(int frames, int first = 0, int line = Line) => Stamp(Speech.Tone(frames * 20), first, line);

    /// <summary>Numbers any audio, in whole frames.</summary>
    public static byte[] Stamp(byte[] audio, int first = 0, int line = Line)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + (audio.Length / Watermark.BlockSamples), MaxFrames);
        byte[] stamped = [.. audio];
        Watermark.Write(stamped, line, first);
        return stamped;
    }

    /// <summary>The numbers of the frames that are in some audio, in its order; audio without numbers between them is passed over.</summary>
    public static IReadOnlyList<int> Read(ReadOnlySpan<byte> audio, int line = Line)
    {
        var numbers = new List<int>();
        for (var at = 0; audio.Length - at >= Watermark.BlockSamples;)
        {
            if (Watermark.TryRead(audio[at..], out var mark) && mark.Ordinal == line)
            {
                numbers.Add(mark.Frame);
                at += Watermark.BlockSamples;
            }
            else
            {
                at++;
            }
        }

        return numbers;
    }

    /// <summary>What became of the frames over several sessions, one after the other.</summary>
    public static StampReport Over(params IEnumerable<byte[]> sessions) => new([.. sessions.SelectMany(audio => Read(audio))]);
}

/// <summary>The numbers that arrived, in the order in which they did.</summary>
public sealed record StampReport(IReadOnlyList<int> Numbers)
{
    /// <summary>Those that came more than once.</summary>
    public IReadOnlyList<int> Twice => [.. Numbers.GroupBy(static number => number).Where(static same => same.Count() > 1).Select(static same => same.Key)];

    /// <summary>Those that came behind a higher one.</summary>
    public IReadOnlyList<int> Late
    {
        get
        {
            var highest = -1;
            return [.. Numbers.Where(number => number < Interlocked.Exchange(ref highest, Math.Max(highest, number)))];
        }
    }

    /// <summary>Those of the first so many that never came.</summary>
    public IReadOnlyList<int> Missing(int frames, int first = 0) => [.. Enumerable.Range(first, frames).Except(Numbers)];

    /// <summary>No frame lost, none twice, all in order, and no others.</summary>
    public bool IsWhole(int frames, int first = 0) => Numbers.SequenceEqual(Enumerable.Range(first, frames));

    public override string ToString() =>
        $"{Numbers.Count} frames, twice: [{string.Join(' ', Twice)}], late: [{string.Join(' ', Late)}], missing: [{string.Join(' ', Missing(Numbers.Count == 0 ? 0 : Numbers.Max() + 1))}]";
}
