namespace Bridge.Simulator;

/// <summary>The recordings that come with the simulator: 8 kHz µ-law, two voices (see Speech/README.md).</summary>
public static class Speech
{
    private static readonly Dictionary<string, string> Lines = ReadLines();

    /// <summary>The names of all clips; those of the caller begin with "caller-".</summary>
    public static IReadOnlyCollection<string> Names => Lines.Keys;

    /// <summary>A clip's audio, µ-law.</summary>
    public static byte[] Clip(string name) => Resource(name + ".ulaw");

    /// <summary>The words of a clip.</summary>
    public static string Transcript(string name) =>
        Lines.TryGetValue(name, out var words) ? words : throw new ArgumentException($"There is no clip '{name}'.", nameof(name));

    /// <summary>A caller who asks, waits three seconds and asks again; as µ-law.</summary>
    public static byte[] CallerHello()
    {
        using var stream = new MemoryStream(Resource("caller-hello.wav"));
        return WavFile.Read(stream);
    }

    /// <summary>Pieces of audio, one after the other.</summary>
    public static byte[] Concat(params IEnumerable<ReadOnlyMemory<byte>> pieces) => [.. pieces.SelectMany(piece => piece.ToArray())];

    /// <summary>An artificial voice of any length: a wavering tone, for tests that need speech but no words.</summary>
    public static byte[] Tone(int milliseconds, double hertz = 220)
    {
        var audio = new byte[Pcmu.Samples(milliseconds)];
        for (var i = 0; i < audio.Length; i++)
        {
            var seconds = i / (double)Pcmu.SampleRate;
            var swell = 0.75 + (0.25 * Math.Sin(2 * Math.PI * 3 * seconds));
            audio[i] = Pcmu.Encode((short)(9000 * swell * Math.Sin(2 * Math.PI * hertz * seconds)));
        }

        return audio;
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(Speech).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no clip '{name}'.", nameof(name));
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static Dictionary<string, string> ReadLines()
    {
        using var stream = new MemoryStream(Resource("lines.txt"));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|')).ToDictionary(parts => parts[0], parts => parts[2]);
    }
}
