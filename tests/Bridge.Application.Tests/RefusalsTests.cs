using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>Everyone who is refused is counted, and some of them are logged: nobody fills a disk by knocking.</summary>
public sealed class RefusalsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestMetrics _metrics = new();
    private readonly TestLogger<Refusals> _logger = new();
    private Refusals _refusals = null!;

    public static RefusalReason[] Reasons => Enum.GetValues<RefusalReason>();

    [SetUp]
    public void SetUp() => _refusals = new Refusals(new BridgeMetrics(_metrics), _time, _logger);

    [TearDown]
    public void TearDown() => _metrics.Dispose();

    [TestCaseSource(nameof(Reasons))]
    public void Each_reason_is_a_line_and_a_label_of_its_own(RefusalReason reason)
    {
        _refusals.Add(reason, "POST /incoming-call");

        Assert.That(_metrics.Measured, Is.EqualTo(new[] { $"bridge.refused 1 reason={reason}" }));
        Assert.That(_logger.Entries, Is.EqualTo(new[] { (LogLevel.Warning, $"Refused POST /incoming-call: {reason}") }));
    }

    [Test]
    public void Of_a_flood_twenty_are_logged_in_ten_seconds_and_then_how_many_were_not()
    {
        Knock(1_000);
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Knock(1);
        Assert.That((_logger.Entries.Count, _metrics.Measured.Count), Is.EqualTo((20, 1_001)));

        _time.Advance(TimeSpan.FromSeconds(0.001));
        Knock(1);
        Assert.That(_logger.Entries.Skip(20).Select(e => e.Text), Is.EqualTo(new[] { "981 more were refused and not logged one by one; bridge.refused counts them", "Refused x: ForgedToken" }));
    }

    [Test]
    public void The_next_ten_seconds_have_twenty_lines_of_their_own_and_a_sum_of_their_own()
    {
        Knock(25);
        _time.Advance(TimeSpan.FromSeconds(10));
        Knock(30);
        _time.Advance(TimeSpan.FromSeconds(10));
        Knock(1);

        var sums = _logger.Entries.Select(e => e.Text).Where(t => t.Contains("more were refused")).ToList();
        Assert.That(sums.Select(s => s.Split(' ')[0]), Is.EqualTo(new[] { "5", "10" }));
        Assert.That(_logger.Entries, Has.Count.EqualTo(20 + 1 + 20 + 1 + 1));
    }

    [Test]
    public void Twenty_are_all_logged_and_nothing_is_added_up()
    {
        Knock(20);
        _time.Advance(TimeSpan.FromSeconds(10));
        Knock(1);

        Assert.That(_logger.Entries.Select(e => e.Text), Is.EqualTo(Enumerable.Repeat("Refused x: ForgedToken", 21)));
    }

    [Test]
    public void From_all_sides_at_once_it_is_no_line_more_and_none_is_missed()
    {
        Parallel.For(0, 10_000, _ => Knock(1));
        _time.Advance(TimeSpan.FromSeconds(10));
        Knock(1);

        Assert.That(_metrics.Measured, Has.Count.EqualTo(10_001));
        Assert.That(_logger.Entries, Has.Count.EqualTo(22));
        Assert.That(_logger.Entries[20].Text, Does.StartWith("9980 more"));
    }

    private void Knock(int times)
    {
        for (var i = 0; i < times; i++)
            _refusals.Add(RefusalReason.ForgedToken, "x");
    }
}
