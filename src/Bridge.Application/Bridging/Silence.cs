using Bridge.Domain.Playback;

namespace Bridge.Application.Bridging;

/// <summary>Audio of nothing, made once.</summary>
internal static class Silence
{
    /// <summary>One second of it, PCMU.</summary>
    public static ReadOnlyMemory<byte> Second { get; } = Enumerable.Repeat(Pcmu.Silence, (int)Pcmu.ToSamples(1_000)).ToArray();
}
