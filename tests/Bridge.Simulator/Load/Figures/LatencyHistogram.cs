using System.Globalization;
using System.Numerics;
using System.Text;

namespace Bridge.Simulator.Load.Figures;

/// <summary>
/// Delays from 1 ns to 60 s, counted in 128 equal steps for each doubling: what it answers is within 0.4 % of what was recorded (and
/// rounded to the 100 ns of a <see cref="TimeSpan"/>). It has one writer, and recording allocates nothing: the yardstick must not cost
/// more than what it measures.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 7, Steps = 1 << StepBits;
    private const long MostNanoseconds = 60_000_000_000;

    private static readonly int Buckets = BucketOf(MostNanoseconds) + 1;

    private readonly long[] _counts = new long[Buckets];
    private long _max;

    public long Count { get; private set; }

    /// <summary>The longest, as it was recorded; zero when there was none.</summary>
    public TimeSpan Max => Span(_max);

    /// <summary>Counts one delay. Less than none counts as none, more than 60 s as 60 s (and as itself in <see cref="Max"/>).</summary>
    public void Record(long nanoseconds)
    {
        if (nanoseconds < 0)
            nanoseconds = 0;
        if (nanoseconds > _max)
            _max = nanoseconds;
        _counts[BucketOf(nanoseconds < MostNanoseconds ? nanoseconds : MostNanoseconds)]++;
        Count++;
    }

    /// <summary>Takes in all that another one counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++)
            _counts[bucket] += other._counts[bucket];
        Count += other.Count;
        _max = Math.Max(_max, other._max);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        (Count, _max) = (0, 0);
    }

    /// <summary>The delay that so many per cent (0 to 100) do not exceed; zero when nothing was recorded.</summary>
    public TimeSpan Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        if (rank >= Count)
            return Max;
        long seen = 0;
        var bucket = -1;
        while (seen < rank)
            seen += _counts[++bucket];
        return Span(Math.Min(Middle(bucket), _max));
    }

    /// <summary>How many were longer than what <see cref="Percentile"/> answered.</summary>
    public long CountLonger(TimeSpan than)
    {
        long longer = 0;
        for (var bucket = BucketOf(Math.Clamp(than.Ticks * 100, 0, MostNanoseconds)) + 1; bucket < _counts.Length; bucket++)
            longer += _counts[bucket];
        return longer;
    }

    /// <summary>For another process: <c>max;bucket:count,bucket:count…</c>, the longest in nanoseconds, empty buckets left out.</summary>
    public string ToText()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{_max};");
        var first = text.Length;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            if (_counts[bucket] != 0)
                text.Append(text.Length == first ? "" : ",").Append(CultureInfo.InvariantCulture, $"{bucket}:{_counts[bucket]}");
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static LatencyHistogram Parse(string text)
    {
        var histogram = new LatencyHistogram();
        var end = text.IndexOf(';', StringComparison.Ordinal);
        if (end < 0)
            throw new FormatException($"This is no histogram: '{text}'.");
        histogram._max = Whole(text[..end], long.MaxValue);
        foreach (var pair in text[(end + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                throw new FormatException($"This is no bucket of a histogram: '{pair}'.");
            var count = Whole(pair[(colon + 1)..], long.MaxValue);
            histogram._counts[Whole(pair[..colon], Buckets - 1)] += count;
            histogram.Count += count;
        }

        return histogram;
    }

    // The highest eight bits of a number are its step; below 256 ns every nanosecond is one.
    private static int BucketOf(long nanoseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - StepBits);
        return (shift * Steps) + (int)(nanoseconds >> shift);
    }

    private static long Middle(int bucket)
    {
        var shift = Math.Max(0, (bucket / Steps) - 1);
        var low = (long)(bucket - (shift * Steps)) << shift;
        return low + ((1L << shift) / 2);
    }

    private static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks((nanoseconds / 100) + (nanoseconds % 100 / 50));

    private static long Whole(string text, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new FormatException($"This is no number of a histogram: '{text}'.");
}
