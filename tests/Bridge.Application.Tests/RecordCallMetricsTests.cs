using System.Diagnostics.Metrics;
using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using NSubstitute;

namespace Bridge.Application.Tests;

public sealed class RecordCallMetricsTests
{
    private readonly TestMetrics _metrics = new();
    private IMeterFactory _meters = null!;

    [SetUp]
    public void MetersAreHeard()
    {
        _meters = Substitute.For<IMeterFactory>();
        _meters.Create(Arg.Any<MeterOptions>()).Returns(call => _metrics.Create(call.Arg<MeterOptions>()));
    }

    [TearDown]
    public void TearDown()
    {
        _meters.Dispose();
        _metrics.Dispose();
    }

    [Test]
    public async Task A_call_that_starts_is_one_more()
    {
        await new RecordCallMetrics(new BridgeMetrics(_meters)).Handle(new CallStarted(TestNames.Identity), CancellationToken.None);

        Assert.That(_metrics.Measured, Is.EqualTo(new[] { "bridge.calls.active 1" }));
    }

    [Test]
    public async Task A_call_that_ends_is_one_less_and_all_about_it_is_counted()
    {
        var summary = new CallSummary(TestNames.Identity, CallEndReason.ModelClosed, TimeSpan.FromSeconds(1.5), 75, 40, 12, 2, 30, new MediaStreamSkips(3, 4, 5));
        await new RecordCallMetrics(new BridgeMetrics(_meters)).Handle(new CallEnded(summary, []), CancellationToken.None);

        Assert.That(_metrics.Measured, Is.EquivalentTo(new[]
        {
            "bridge.calls.active -1",
            "bridge.calls.ended 1 reason=ModelClosed",
            "bridge.call.duration 1.5 reason=ModelClosed",
            "bridge.caller.dropped 40",
            "bridge.playback.drift 30",
            "bridge.frames 75 direction=caller_to_model",
            "bridge.frames 12 direction=model_to_caller",
            "bridge.messages.skipped 3 kind=unknown",
            "bridge.messages.skipped 4 kind=malformed",
            "bridge.messages.skipped 5 kind=too_fast",
        }));
    }

    [Test]
    public void There_is_one_meter_and_it_bears_the_products_name()
    {
        _ = new BridgeMetrics(_meters);

        _meters.Received(1).Create(Arg.Is<MeterOptions>(o => o.Name == "Bridge"));
        Assert.That(_metrics.Measured, Is.Empty);
    }
}
