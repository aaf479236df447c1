using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>The histogram against a sorted list of what it was given.</summary>
internal sealed class LatencyHistogramTests
{
    private static readonly double[] Percents = [0, 1, 50, 90, 99, 99.9, 99.99, 100];

    [Test]
    public void Percentiles_are_within_one_per_cent_of_a_sorted_list([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var histogram = new LatencyHistogram();
        var all = new List<long>();
        for (var count = random.Next(1, 5000); count > 0; count--)
        {
            // From 1 µs to 60 s, each size as likely as the other.
            var delay = (long)(1000 * Math.Pow(6e7, random.NextDouble()));
            all.Add(delay);
            histogram.Record(delay);
        }

        all.Sort();
        Assert.That(histogram.Count, Is.EqualTo(all.Count));
        Assert.That(histogram.Max, Is.EqualTo(Span(all[^1])));
        foreach (var percent in Percents)
        {
            var exact = all[Math.Max(0, (int)Math.Ceiling(percent / 100 * all.Count) - 1)];
            Assert.That(histogram.Percentile(percent).TotalNanoseconds, Is.EqualTo((double)exact).Within((exact * 0.01) + 50), $"p{percent} of {all.Count}");
        }
    }

    [Test]
    public void Neighbouring_buckets_neither_overlap_nor_leave_a_gap()
    {
        var last = TimeSpan.MinValue;
        for (long delay = 200; delay < 60_000_000_000; delay += Math.Max(1, delay / 1000))
        {
            var histogram = new LatencyHistogram();
            histogram.Record(delay);
            histogram.Record(90_000_000_000); // So that the first one is no maximum, which is kept as it is.
            var told = histogram.Percentile(50);
            Assert.That(told.TotalNanoseconds, Is.EqualTo((double)delay).Within((delay * 0.004) + 50));
            Assert.That(told, Is.GreaterThanOrEqualTo(last));
            last = told;
        }
    }

    [Test]
    public void Recording_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var delay = 1L; delay < 100_000; delay++)
            histogram.Record(delay * 1000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void What_lies_outside_is_kept_at_the_edge()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        Assert.That(histogram.Percentile(100), Is.EqualTo(TimeSpan.Zero));
        histogram.Record(long.MaxValue);
        histogram.Record(70_000_000_000);
        Assert.Multiple(() =>
        {
            Assert.That(histogram.Percentile(50).TotalSeconds, Is.EqualTo(60).Within(0.6));
            Assert.That(histogram.Max.TotalSeconds, Is.EqualTo(long.MaxValue / 1e9).Within(1));
            Assert.That(histogram.Count, Is.EqualTo(3));
            Assert.That(() => histogram.Percentile(100.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => histogram.Percentile(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void An_empty_one_answers_zero()
    {
        var histogram = new LatencyHistogram();
        Assert.That((histogram.Count, histogram.Max, histogram.Percentile(99)), Is.EqualTo((0L, TimeSpan.Zero, TimeSpan.Zero)));
    }

    [Test]
    public void Those_longer_than_a_percentile_are_counted()
    {
        var histogram = new LatencyHistogram();
        for (var microseconds = 1L; microseconds <= 1000; microseconds++)
            histogram.Record(microseconds * 1000);
        Assert.Multiple(() =>
        {
            // Those in the step of the percentile itself (0.8 % at the most) are as long, not longer.
            Assert.That(histogram.CountLonger(histogram.Percentile(99)), Is.InRange(2, 10));
            Assert.That(histogram.CountLonger(histogram.Percentile(50)), Is.InRange(496, 500));
            Assert.That(histogram.CountLonger(histogram.Max), Is.Zero);
            Assert.That(histogram.CountLonger(TimeSpan.Zero), Is.EqualTo(1000));
            Assert.That(histogram.CountLonger(TimeSpan.FromHours(1)), Is.Zero);
        });
    }

    [Test]
    public void Two_added_are_as_one_that_had_all_of_it_and_a_cleared_one_has_nothing()
    {
        var (one, other, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var delay = 1000L; delay < 10_000_000; delay = delay * 21 / 20)
        {
            (delay % 2 == 0 ? one : other).Record(delay);
            both.Record(delay);
        }

        one.Add(other);
        Assert.That(one.ToText(), Is.EqualTo(both.ToText()));
        Assert.That(one.Count, Is.EqualTo(both.Count));
        one.Clear();
        Assert.That(one.ToText(), Is.EqualTo(new LatencyHistogram().ToText()));
        Assert.That(one.Count, Is.Zero);
    }

    [Test]
    public void Its_text_is_read_back_to_the_same()
    {
        var histogram = new LatencyHistogram();
        for (var delay = 1L; delay < 100_000_000_000; delay *= 3)
            histogram.Record(delay);
        var text = histogram.ToText();
        var back = LatencyHistogram.Parse(text);
        Assert.That(back.ToText(), Is.EqualTo(text));
        Assert.That((back.Count, back.Max, back.Percentile(50)), Is.EqualTo((histogram.Count, histogram.Max, histogram.Percentile(50))));
        Assert.That(LatencyHistogram.Parse(new LatencyHistogram().ToText()).Count, Is.Zero);
    }

    [TestCase("")]
    [TestCase("12")]
    [TestCase("x;")]
    [TestCase("12;5")]
    [TestCase("12;5:")]
    [TestCase("12;5:-1")]
    [TestCase("12;9999999:1")]
    [TestCase("12;-1:1")]
    public void What_is_no_text_of_it_is_refused(string text) =>
        Assert.That(() => LatencyHistogram.Parse(text), Throws.TypeOf<FormatException>());

    private static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks((nanoseconds + 50) / 100);
}
