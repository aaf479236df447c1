using System.Collections.Concurrent;
using Bridge.Simulator;

namespace Bridge.Domain.Tests.Line;

/// <summary>Audio of which each 20 ms say whose they are. It is written once, for all histories.</summary>
internal static class MarkedAudio
{
    /// <summary>The most an item may have: 60 s.</summary>
    public const int LongestItem = 3000;

    private static readonly ConcurrentDictionary<int, byte[]> Items = new();

    public static ReadOnlySpan<byte> Of(int ordinal, int firstFrame, int frames) =>
        Items.GetOrAdd(ordinal, Write).AsSpan(firstFrame * Watermark.BlockSamples, frames * Watermark.BlockSamples);

    private static byte[] Write(int ordinal)
    {
        var audio = new byte[LongestItem * Watermark.BlockSamples];
        Array.Fill(audio, Domain.Playback.Pcmu.Silence);
        Watermark.Write(audio, ordinal, 0);
        return audio;
    }
}
