using System.Diagnostics.Metrics;
using Bridge.Api.Observability;
using Bridge.Application.Bridging;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace Bridge.Api.Tests.Logging;

/// <summary>A console that does not take lines holds up nobody, and what is lost on its account is counted.</summary>
[CancelAfter(30_000)]
public sealed class LogQueueTests
{
    private readonly MeterListener _listener = new();
    private readonly Slow _console = new();
    private ServiceProvider _services = null!;
    private long _dropped;
    private LogQueue _queue = null!;

    [SetUp]
    public void SetUp()
    {
        _services = new ServiceCollection().AddMetrics().AddSingleton<BridgeMetrics>().BuildServiceProvider();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name == "bridge.log.dropped")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _dropped, count));
        _listener.Start();
        _queue = new LogQueue(_services.GetRequiredService<BridgeMetrics>(), sinks => sinks.Sink(_console));
    }

    [TearDown]
    public void TakeDown()
    {
        _console.Dispose();
        _queue.Dispose();
        _listener.Dispose();
        _services.Dispose();
    }

    [Test]
    public void Lines_that_wait_at_the_end_are_written()
    {
        for (var line = 0; line < 1000; line++)
            Write(line);
        _console.TakeOn();
        _queue.Dispose();

        Assert.That(_console.Taken, Is.EqualTo(Enumerable.Range(0, 1000).Select(line => $"{line}")));
        Assert.That(_dropped, Is.Zero);
    }

    [Test]
    public void The_end_does_not_wait_for_a_console_that_takes_nothing()
    {
        Write(0);
        var ended = Task.Run(_queue.Dispose);

        Assert.That(() => ended.WaitAsync(5 * LogQueue.LastLines), Throws.Nothing);
    }

    [Test]
    public void What_does_not_fit_in_is_counted_and_said_once_in_its_place(CancellationToken cancel)
    {
        Fill(more: 10, cancel);
        Assert.That(_dropped, Is.EqualTo(10));

        _console.TakeOn();
        _queue.Dispose();
        Assert.That(_console.Taken, Has.Count.EqualTo(1 + LogQueue.Backlog + 1));
        Assert.That(_console.Taken[^1], Does.StartWith("From here on log lines are dropped"));
    }

    [Test]
    public void It_is_said_again_when_there_was_room_in_between(CancellationToken cancel)
    {
        Fill(more: 2, cancel);
        _console.TakeOn();
        _console.WaitUntil(1 + LogQueue.Backlog + 1, cancel);
        _console.TakeNothing();
        Fill(more: 2, cancel);
        _console.TakeOn();
        _queue.Dispose();

        Assert.That(_console.Taken.Count(line => line.StartsWith("From here on", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(_dropped, Is.EqualTo(4));
    }

    /// <summary>One line that the console is at, as many as may wait, and more.</summary>
    private void Fill(int more, CancellationToken cancel)
    {
        Write(-1);
        _console.WaitUntilHeldUp(cancel);
        for (var line = 0; line < LogQueue.Backlog + more; line++)
            Write(line);
    }

    private void Write(int number) =>
        _queue.Emit(new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Information, null, new MessageTemplateParser().Parse($"{number}"), []));

    /// <summary>A console that takes lines when it may.</summary>
    private sealed class Slow : ILogEventSink, IDisposable
    {
        private readonly object _gate = new();
        private readonly List<string> _taken = [];
        private bool _mayTake;
        private bool _isHeldUp;

        public IReadOnlyList<string> Taken
        {
            get
            {
                lock (_gate)
                    return [.. _taken];
            }
        }

        public void Emit(LogEvent logEvent)
        {
            lock (_gate)
            {
                while (!_mayTake)
                {
                    _isHeldUp = true;
                    Monitor.PulseAll(_gate);
                    Monitor.Wait(_gate);
                }

                _isHeldUp = false;
                _taken.Add(logEvent.RenderMessage(null));
                Monitor.PulseAll(_gate);
            }
        }

        public void TakeOn() => Set(mayTake: true);

        public void TakeNothing() => Set(mayTake: false);

        public void WaitUntilHeldUp(CancellationToken cancel) => Wait(() => _isHeldUp, cancel);

        public void WaitUntil(int lines, CancellationToken cancel) => Wait(() => _taken.Count >= lines, cancel);

        public void Dispose() => TakeOn();

        private void Set(bool mayTake)
        {
            lock (_gate)
            {
                _mayTake = mayTake;
                Monitor.PulseAll(_gate);
            }
        }

        private void Wait(Func<bool> holds, CancellationToken cancel)
        {
            lock (_gate)
            {
                while (!holds())
                {
                    cancel.ThrowIfCancellationRequested();
                    Monitor.Wait(_gate, TimeSpan.FromSeconds(1));
                }
            }
        }
    }
}
