using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>What arrived at one end, of all calls: how late, and whether it is what was sent. Delays are taken while <see cref="IsMeasuring"/>; the rest always.</summary>
internal sealed class Arrivals
{
    /// <summary>Send to receipt.</summary>
    public LatencyHistogram Delay { get; } = new();

    private readonly LatencyHistogram _recent = new();

    public bool IsMeasuring { get; set; }

    public long Received { get; private set; }

    public long Lost { get; private set; }

    public long Reordered { get; private set; }

    public long Changed { get; private set; }

    /// <summary>Audio came for a call, at <paramref name="now"/> (nanoseconds). <paramref name="call"/> is -1 until its first frame says which.</summary>
    public void Take(ReadOnlySpan<byte> pcmu, long now, ref int call, ref int expected)
    {
        for (; pcmu.Length >= Stamp.Size; pcmu = pcmu[Stamp.Size..])
            TakeFrame(pcmu[..Stamp.Size], now, ref call, ref expected);
        if (!pcmu.IsEmpty)
            Changed++;
    }

    private void TakeFrame(ReadOnlySpan<byte> pcmu, long now, ref int call, ref int expected)
    {
        if (pcmu.IndexOfAnyExcept((byte)0xFF) < 0)
        {
            // Silence that stands in for frames that do not come: what a model needs, and nobody's frame.
            return;
        }

        Received++;
        if (!Stamp.TryRead(pcmu, out var stamp) || (call >= 0 && stamp.Call != call))
        {
            // Not as it was sent, or another call's audio.
            Changed++;
            return;
        }

        call = stamp.Call;
        if (stamp.Sequence < expected)
            Reordered++;
        else
            Lost += stamp.Sequence - expected;
        expected = Math.Max(expected, stamp.Sequence + 1);
        if (!IsMeasuring)
            return;
        Delay.Record(now - stamp.SentAt);
        _recent.Record(now - stamp.SentAt);
    }

    /// <summary>The delays since this was asked last, as text.</summary>
    public string TakeRecent()
    {
        var text = _recent.ToText();
        _recent.Clear();
        return text;
    }
}
