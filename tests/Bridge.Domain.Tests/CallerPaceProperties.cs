using Bridge.Domain.CallerAudio;
using CsCheck;

namespace Bridge.Domain.Tests;

/// <summary>However a stream times its audio, a model hears no more of it than time allows; and what keeps to time is heard whole.</summary>
public sealed class CallerPaceProperties
{
    private static readonly Gen<(int Samples, int AfterMs)[]> Streams = Gen.Select(
        Gen.Frequency((6, Gen.Const(160)), (2, Gen.Int[0, 12_000]), (1, Gen.Int[0, 100_000])),
        Gen.Frequency((4, Gen.Const(0)), (4, Gen.Int[0, 40]), (1, Gen.Int[0, 15_000]))).Array[1, 300];

    [Test]
    public void In_no_stretch_of_time_passes_more_than_a_fifth_above_it_with_a_burst_and_a_stall() =>
        Gen.Select(Streams, Gen.Int[1, 4_000], Gen.Int[0, 12_000]).Sample(
            (stream, burst, stall) =>
            {
                var pace = new CallerPace(burst, stall, TimeSpan.FromSeconds(10));
                var (now, passed, least) = (0L, 0.0, 0.0);
                foreach (var (samples, after) in stream)
                {
                    now += after;
                    // What passed since any moment less what that time allows; the highest of all is since the lowest.
                    least = Math.Min(least, passed - Allowed(now));
                    if (pace.Take(samples, TimeSpan.FromMilliseconds(now)))
                        passed += samples;
                    if (passed - Allowed(now) > (burst * 8) + 0.01)
                        throw new InvalidOperationException($"{passed} samples in {now} ms from the beginning");
                    if (passed - Allowed(now) - least > ((burst + stall) * 8) + 0.01)
                        throw new InvalidOperationException($"{passed} samples in {now} ms, more than a burst and a stall above the time");
                }
            },
            iter: 10_000);

    /// <summary>Each frame is on its way for up to eight seconds, and none overtakes another: a line that stalls as it likes.</summary>
    [Test]
    public void Frames_that_were_spoken_in_time_and_delayed_by_up_to_eight_seconds_all_pass() =>
        Gen.Int[0, 8_000].Array[1, 60].Sample(
            delays =>
            {
                var pace = new CallerPace(2_000, 10_000, TimeSpan.FromSeconds(10));
                var arrived = 0;
                for (var frame = 0; frame < delays.Length * 50; frame++)
                {
                    arrived = Math.Max(arrived, (frame * 20) + delays[frame / 50]);
                    if (!pace.Take(160, TimeSpan.FromMilliseconds(arrived)))
                        throw new InvalidOperationException($"frame {frame} at {arrived} ms was dropped");
                }
            },
            iter: 3_000);

    private static double Allowed(long ms) => ms * 8 * 1.2;
}
