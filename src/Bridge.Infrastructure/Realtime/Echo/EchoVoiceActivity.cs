using Bridge.Application.Options;
using Bridge.Domain.Playback;

namespace Bridge.Infrastructure.Realtime.Echo;

/// <summary>What a block of audio meant for the caller's turn.</summary>
internal enum VoiceActivity
{
    None,
    Started,
    Stopped,
}

/// <summary>
/// Tells speech from silence by loudness, 20 ms at a time. It counts samples and has no clock. The threshold rides above the
/// line's noise, which is the quietest block of the last three seconds: speech has gaps, noise has none. So a noisy phone
/// does not talk for ever.
/// </summary>
internal sealed class EchoVoiceActivity(TurnDetectionOptions options)
{
    /// <summary>The block it decides on, in samples.</summary>
    public const int Block = 20 * Pcmu.SamplesPerMillisecond;

    private const int BlocksToStart = 3;
    private const double QuietestSpeech = 400;
    private readonly int _blocksToStop = Math.Max(1, options.SilenceDurationMs / 20);
    private const int NoiseBlocks = 150;
    private double _noise;
    private double _quietest = double.MaxValue;
    private int _blocks;
    private int _loud;
    private int _quiet;

    /// <summary>Is the caller speaking?</summary>
    public bool Speaking { get; private set; }

    /// <summary>Takes one block of PCMU.</summary>
    public VoiceActivity Take(ReadOnlySpan<byte> block)
    {
        var loudness = Loudness(block);
        var loud = loudness > Math.Max(QuietestSpeech, _noise * 2.5);
        EstimateNoise(loudness);
        (_loud, _quiet) = loud ? (_loud + 1, 0) : (0, _quiet + 1);
        if (!Speaking && _loud >= BlocksToStart)
        {
            Speaking = true;
            return VoiceActivity.Started;
        }

        if (Speaking && _quiet >= _blocksToStop)
        {
            Speaking = false;
            return VoiceActivity.Stopped;
        }

        return VoiceActivity.None;
    }

    private void EstimateNoise(double loudness)
    {
        _quietest = Math.Min(_quietest, loudness);
        if (++_blocks < NoiseBlocks)
            return;
        (_noise, _quietest, _blocks) = (_quietest, double.MaxValue, 0);
    }

    private static double Loudness(ReadOnlySpan<byte> block)
    {
        long sum = 0;
        foreach (var sample in block)
            sum += Magnitude(sample);
        return block.IsEmpty ? 0 : (double)sum / block.Length;
    }

    /// <summary>The magnitude of a µ-law sample, 0 to 32124 (ITU-T G.711): inverted bits, a 3-bit segment and a 4-bit step above a bias of 132.</summary>
    private static int Magnitude(byte sample)
    {
        var bits = ~sample;
        return ((((bits & 0x0F) << 3) + 132) << ((bits >> 4) & 0x07)) - 132;
    }
}
