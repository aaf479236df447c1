using Bridge.Application.Abstractions;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Recordings;

/// <summary>The recordings, read once.</summary>
internal sealed class RecordingFiles(IOptions<RecordingOptions> options) : IRecordings
{
    public ReadOnlyMemory<byte> Filler { get; } = Load(options.Value.Filler, "filler.ulaw");

    public ReadOnlyMemory<byte> SayAgain { get; } = Load(options.Value.SayAgain, "say-again.ulaw");

    private static ReadOnlyMemory<byte> Load(string path, string builtIn)
    {
        if (path.Length > 0)
            return PcmuFile.Read(File.ReadAllBytes(path));
        using var resource = typeof(RecordingFiles).Assembly.GetManifestResourceStream(builtIn)!;
        var audio = new byte[resource.Length];
        resource.ReadExactly(audio);
        return audio;
    }
}
