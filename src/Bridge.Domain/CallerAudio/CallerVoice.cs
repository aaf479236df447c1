using System.Numerics;
using System.Runtime.Intrinsics;
using Bridge.Domain.Playback;

namespace Bridge.Domain.CallerAudio;

/// <summary>
/// Notices that the caller has said something, by loudness. It is no voice detection to take turns by, that is the model's: it
/// only gives reason to ask whether a model that shows no sign at all is still there. Sees a frame without allocating.
/// </summary>
public sealed class CallerVoice
{
    /// <summary>Loud for this long is speech, most likely.</summary>
    private static readonly long Speech = Pcmu.ToSamples(300);

    /// <summary>Quiet for this long is its end.</summary>
    private static readonly long Pause = Pcmu.ToSamples(700);

    /// <summary>Quiet for this long, and what was loud before was a knock.</summary>
    private static readonly long Gap = Pcmu.ToSamples(200);

    /// <summary>Below this, without its sign, a sample's code stands for an amplitude above 900 of 32,124: G.711 counts codes downwards.</summary>
    private const byte LoudBelow = 0x50;

    private long _loud;
    private long _quiet;
    private bool _speaking;
    private TimeSpan _began;
    private (TimeSpan Began, TimeSpan Ended)? _utterance;

    /// <summary>A frame came.</summary>
    public void Take(ReadOnlySpan<byte> pcmu, TimeSpan elapsed)
    {
        // A fifth of the samples: speech has quiet ones between its peaks.
        if (CountLoud(pcmu) * 5 >= pcmu.Length && pcmu.Length > 0)
            TakeLoud(pcmu.Length, elapsed);
        else
            TakeQuiet(pcmu.Length, elapsed);
    }

    /// <summary>What the caller has said to its end since this was asked last: from when to when; null for nothing.</summary>
    public (TimeSpan Began, TimeSpan Ended)? TakeUtterance()
    {
        var utterance = _utterance;
        _utterance = null;
        return utterance;
    }

    private void TakeLoud(int samples, TimeSpan elapsed)
    {
        _loud += samples;
        _quiet = 0;
        if (_speaking || _loud < Speech)
            return;
        _speaking = true;
        _began = elapsed - Time(_loud);
    }

    private void TakeQuiet(int samples, TimeSpan elapsed)
    {
        _quiet += samples;
        if (!_speaking && _quiet >= Gap)
            _loud = 0;
        if (!_speaking || _quiet < Pause)
            return;
        (_speaking, _loud) = (false, 0);
        _utterance = (_began, elapsed - Time(_quiet));
    }

    private static TimeSpan Time(long samples) => TimeSpan.FromMilliseconds(Pcmu.ToMilliseconds(samples));

    private static int CountLoud(ReadOnlySpan<byte> pcmu)
    {
        var count = 0;
        for (; pcmu.Length >= Vector128<byte>.Count; pcmu = pcmu[Vector128<byte>.Count..])
        {
            var magnitudes = Vector128.Create(pcmu) & Vector128.Create((byte)0x7F);
            count += BitOperations.PopCount(Vector128.LessThan(magnitudes, Vector128.Create(LoudBelow)).ExtractMostSignificantBits());
        }

        foreach (var code in pcmu)
            count += (code & 0x7F) < LoudBelow ? 1 : 0;
        return count;
    }
}
