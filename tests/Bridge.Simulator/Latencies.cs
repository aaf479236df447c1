using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator;

/// <summary>Delays of one direction, sorted.</summary>
public sealed class Latencies(IEnumerable<TimeSpan> delays)
{
    private readonly double[] _milliseconds = [.. delays.Select(delay => delay.TotalMilliseconds).Order()];

    public int Count => _milliseconds.Length;

    /// <summary>The delay that so large a share does not exceed, milliseconds.</summary>
    public double Percentile(double share) =>
        Count == 0 ? double.NaN : _milliseconds[Math.Clamp((int)Math.Ceiling(share * Count) - 1, 0, Count - 1)];

    /// <summary>
    /// From the caller's frame to the model: the nth byte sent is the nth received. Frames from before the session was ready had to wait,
    /// and are left out.
    /// </summary>
    public static Latencies Up(FakeCaller caller, FakeConversation session)
    {
        var frames = caller.Record.SentFrames;
        var ready = session.ConfiguredAt ?? long.MaxValue;
        return new(session.Record.Appends
            .Select(append => (append.At, Frame: (int)((append.TotalBytes - 1) / Pcmu.FrameSamples)))
            .Where(append => append.Frame < frames.Count && frames[append.Frame] > ready)
            .Select(append => caller.Clock.GetElapsedTime(frames[append.Frame], append.At)));
    }

    /// <summary>From the model's delta to the caller's side, told by the watermark; deltas that were rightly dropped have none.</summary>
    public static Latencies Down(FakeCaller caller, FakeConversation session)
    {
        var arrivals = caller.Playout.Arrivals.DistinctBy(arrival => arrival.Mark).ToDictionary(arrival => arrival.Mark, arrival => arrival.At);
        return new(
            from item in session.Ledger
            from delta in item.Deltas
            let last = new Watermark(item.Ordinal, delta.FirstFrame + delta.Frames - 1)
            where arrivals.ContainsKey(last)
            select caller.Clock.GetElapsedTime(delta.At, arrivals[last]));
    }

    public override string ToString() => Count == 0
        ? "nothing was measured"
        : FormattableString.Invariant(
            $"p50 {Percentile(0.5):F2} ms, p99 {Percentile(0.99):F2} ms, most {Percentile(1):F2} ms ({Count} messages)");
}
