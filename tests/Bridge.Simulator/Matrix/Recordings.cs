using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Matrix;

/// <summary>
/// The recordings that the bridges of the matrix play in place of their own: marked like the model's audio, so that a caller knows
/// which it heard, and that every block of it came whole.
/// </summary>
internal sealed class Recordings : IDisposable
{
    private const int FillerOrdinal = 0xF111, SayAgainOrdinal = 0x5A1A;
    private const int FillerMs = 1000, SayAgainMs = 1200;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-recordings-");

    public Recordings()
    {
        (Filler, SayAgain) = (Write("filler.ulaw", FillerOrdinal, FillerMs), Write("say-again.ulaw", SayAgainOrdinal, SayAgainMs));
    }

    /// <summary>The file of the filler.</summary>
    public string Filler { get; }

    /// <summary>The file of the sentence that asks the caller to say it again.</summary>
    public string SayAgain { get; }

    /// <summary>Whether an item of a play-out is one of these.</summary>
    public static bool Are(int ordinal) => ordinal is FillerOrdinal or SayAgainOrdinal;

    /// <summary>How often the caller got the filler.</summary>
    public static int Fillers(FakeCaller caller) => Times(caller, FillerOrdinal, FillerMs);

    /// <summary>How often the caller was asked to say it again.</summary>
    public static int SayAgains(FakeCaller caller) => Times(caller, SayAgainOrdinal, SayAgainMs);

    /// <summary>What an item of a play-out is called; null: it is the model's.</summary>
    public static string? Name(int ordinal) => ordinal switch
    {
        FillerOrdinal => "filler",
        SayAgainOrdinal => "“say it again”",
        _ => null,
    };

    public void Dispose() => _folder.Delete(recursive: true);

    private static int Times(FakeCaller caller, int ordinal, int milliseconds) => (int)caller.AllStreams
        .Sum(stream => (stream.Playout.Item(ordinal).Received + Pcmu.Samples(milliseconds) - 1) / Pcmu.Samples(milliseconds));

    private string Write(string name, int ordinal, int milliseconds)
    {
        var audio = Speech.Tone(milliseconds, hertz: 330);
        Watermark.Write(audio, ordinal, 0);
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, audio);
        return path;
    }
}
