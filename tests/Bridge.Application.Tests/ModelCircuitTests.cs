using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>A model that cannot be had is left alone for a while, and then tried by one call.</summary>
public sealed class ModelCircuitTests
{
    private static readonly RealtimeSessionException Gone = new("no", RealtimeSessionFailure.Unreachable);

    private readonly FakeTimeProvider _time = new();
    private readonly TestMetrics _metrics = new();
    private readonly ILogger<ModelCircuit> _logger = SubstituteLogger.Of<ModelCircuit>();
    private ModelCircuit _circuit = null!;

    [SetUp]
    public void SetUp() => _circuit = new ModelCircuit(SubstituteOptions.Of(new BridgeOptions()), new BridgeMetrics(_metrics), _time, _logger);

    [TearDown]
    public void TearDown() => _metrics.Dispose();

    [Test]
    public void Three_failures_in_a_minute_open_it()
    {
        Fail(2);
        Pass(59);
        Assert.That(_circuit.IsOpen, Is.False);

        Fail(1);
        Assert.That(_circuit.IsOpen, Is.True);
        Assert.That(_metrics.Measured, Is.EqualTo(new[] { "bridge.admission.closed 1 reason=model" }));
    }

    [Test]
    public void Failures_over_a_longer_time_do_not()
    {
        for (var i = 0; i < 10; i++)
        {
            Fail(1);
            Pass(31);
        }

        Assert.That(_circuit.IsOpen, Is.False);
    }

    [Test]
    public void A_success_between_them_begins_the_count_anew()
    {
        Fail(2);
        _circuit.Succeeded();
        Fail(2);

        Assert.That(_circuit.IsOpen, Is.False);
    }

    [Test]
    public void It_is_open_for_half_a_minute()
    {
        Fail(3);
        Pass(29.9);
        Assert.That(_circuit.IsOpen, Is.True);

        Pass(0.1);
        Assert.That(_circuit.IsOpen, Is.False);
    }

    [Test]
    public void A_trial_that_fails_opens_it_again_at_once()
    {
        Fail(3);
        Pass(90);
        Fail(1);

        Assert.That(_circuit.IsOpen, Is.True);
        Assert.That(_metrics.Measured, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_trial_that_succeeds_closes_it()
    {
        Fail(3);
        Pass(30);
        _circuit.Succeeded();
        Fail(2);

        Assert.That(_circuit.IsOpen, Is.False);
        Assert.That(_logger.Lines().Select(l => l.Level), Is.EqualTo(new[] { LogLevel.Error, LogLevel.Information }));
    }

    [TestCase(10, 10)]
    [TestCase(60, 60)]
    [TestCase(3600, 60)]
    public void A_model_that_wants_to_be_left_alone_is_for_as_long_as_it_says_but_a_minute_at_most(int asked, int open)
    {
        _circuit.Failed(new RealtimeSessionException("later", RealtimeSessionFailure.Busy) { RetryAfter = TimeSpan.FromSeconds(asked) });
        Pass(open - 0.1);
        Assert.That(_circuit.IsOpen, Is.True);

        Pass(0.1);
        Assert.That(_circuit.IsOpen, Is.False);
        Assert.That(_metrics.Measured, Is.EqualTo(new[] { "bridge.admission.closed 1 reason=quota" }));
    }

    [Test]
    public void A_model_that_is_busy_and_does_not_say_for_how_long_is_a_failure_like_others()
    {
        for (var i = 0; i < 2; i++)
            _circuit.Failed(new RealtimeSessionException("busy", RealtimeSessionFailure.Busy));
        Assert.That(_circuit.IsOpen, Is.False);

        _circuit.Failed(new RealtimeSessionException("busy", RealtimeSessionFailure.Busy));
        Assert.That(_circuit.IsOpen, Is.True);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            _circuit.Failed(Gone);
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
