using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>How much goes in one append: as it is set, or as busy as the processor is.</summary>
public sealed class UplinkBatchingTests
{
    private const int Frame = 20, Batch = 60;

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedProcessor _processor = new();
    private readonly TestMetrics _metrics = new();
    private readonly ILogger<UplinkBatching> _logger = SubstituteLogger.Of<UplinkBatching>();
    private UplinkBatching? _batching;

    [TearDown]
    public void TearDown()
    {
        _batching?.Dispose();
        _metrics.Dispose();
    }

    [TestCase("20")]
    [TestCase("40")]
    [TestCase("60")]
    [TestCase("100")]
    public void A_number_holds_however_busy_the_processor_is(string setting)
    {
        Set(setting);
        _processor.Pass(_time, 60, load: 1);

        Assert.That($"{BatchMs()}", Is.EqualTo(setting));
        Assert.That(_logger.Lines(), Is.Empty);
    }

    [Test]
    public void Auto_gathers_while_the_processor_is_busy_and_says_so_once_each_time()
    {
        Set("auto");
        _processor.Pass(_time, 20, load: 0.5);
        Assert.That(BatchMs(), Is.EqualTo(Frame));

        _processor.Pass(_time, 20, load: 0.9);
        Assert.That(BatchMs(), Is.EqualTo(Batch));

        _processor.Pass(_time, 20, load: 0.3);
        Assert.That(BatchMs(), Is.EqualTo(Frame));
        Assert.That(_logger.Lines().Select(l => (l.Level, l.Text[..l.Text.IndexOf('(', StringComparison.Ordinal)])), Is.EqualTo(new[]
        {
            (LogLevel.Information, "The processor is busy "),
            (LogLevel.Information, "The processor is calm again "),
        }));
    }

    [Test]
    public void Seventy_percent_are_not_yet_busy()
    {
        Set("auto");
        _processor.Pass(_time, 120, load: 0.69);
        Assert.That(BatchMs(), Is.EqualTo(Frame));

        _processor.Pass(_time, 60, load: 0.71);
        Assert.That(BatchMs(), Is.EqualTo(Batch));
    }

    [Test]
    public void A_load_that_batches_have_made_lighter_does_not_end_them()
    {
        Set("auto");
        _processor.Pass(_time, 60, load: 0.71);
        _processor.Pass(_time, 120, load: 0.46);
        Assert.That(BatchMs(), Is.EqualTo(Batch));

        _processor.Pass(_time, 120, load: 0.44);
        Assert.That(BatchMs(), Is.EqualTo(Frame));
    }

    [Test]
    public void A_few_seconds_of_all_cores_are_no_load_and_a_little_more_is()
    {
        Set("auto");
        _processor.Pass(_time, 4, load: 1);
        Assert.That(BatchMs(), Is.EqualTo(Frame), "a start, a collection of garbage");

        _processor.Pass(_time, 4, load: 1);
        Assert.That(BatchMs(), Is.EqualTo(Batch));
    }

    [Test]
    public void A_processor_that_cannot_be_looked_at_is_an_error_once_and_changes_nothing()
    {
        Set("auto");
        _processor.Pass(_time, 60, load: 0.9);
        _processor.Fault = new NotSupportedException("a fault of ours");
        _processor.Pass(_time, 60, load: 0.1);

        Assert.That(BatchMs(), Is.EqualTo(Batch));
        Assert.That(_logger.Lines().Count(l => l.Level == LogLevel.Error), Is.EqualTo(1));
    }

    [Test]
    public void Nothing_looks_any_more_when_the_service_is_gone()
    {
        Set("auto");
        _batching!.Dispose();
        _processor.Pass(_time, 60, load: 1);

        Assert.That((BatchMs(), _logger.Lines().Count), Is.EqualTo((Frame, 0)));
    }

    private void Set(string setting) => _batching = new UplinkBatching(
        SubstituteOptions.Of(new BridgeOptions { CallerAudio = new CallerAudioOptions { UplinkBatchMs = setting } }), _processor, new BridgeMetrics(_metrics), _time, _logger);

    private int BatchMs()
    {
        _metrics.Observe();
        return int.Parse(_metrics.Measured[^1].Split("bridge.uplink.batch ")[1], null);
    }
}
