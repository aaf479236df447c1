using System.Globalization;
using Bridge.Application.Bridging;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using Serilog.Sinks.Async;

namespace Bridge.Api.Observability;

/// <summary>
/// Lines wait here for the console, which has a thread of its own: a terminal or a pipe that does not take a line must not hold up
/// the threads that carry the calls, nor the end of the process. What does not fit in is dropped and counted, and where that
/// begins stands a line that says so.
/// </summary>
internal sealed class LogQueue : ILogEventSink, IAsyncLogEventSinkMonitor, IDisposable
{
    /// <summary>So many lines may wait.</summary>
    public const int Backlog = 10_000;

    /// <summary>For so long the process's end waits for the console to take what waits.</summary>
    public static readonly TimeSpan LastLines = TimeSpan.FromSeconds(2);

    /// <summary>Places behind the last one: for the line that says what happens, and for threads that were let in at the same time.</summary>
    private const int Spare = 100;

    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Call}{Message:lj}{NewLine}{Fault}";

    private static readonly MessageTemplate Dropping = new MessageTemplateParser().Parse("From here on log lines are dropped: the console does not take them; bridge.log.dropped counts them");

    private readonly BridgeMetrics _metrics;
    private readonly ILogEventSink _queue;
    private IAsyncLogEventSinkInspector? _waiting;
    private int _isDropping;

    /// <summary>A queue before something that is slow.</summary>
    /// <param name="metrics">Lost lines are counted there.</param>
    /// <param name="slow">What takes the lines, one at a time.</param>
    public LogQueue(BridgeMetrics metrics, Action<LoggerSinkConfiguration> slow)
    {
        _metrics = metrics;
        _queue = LoggerSinkConfiguration.CreateSink(sinks => sinks.Async(slow, monitor: this, bufferSize: Backlog + Spare));
    }

    private int Waiting => _waiting?.Count ?? 0;

    /// <summary>The queue before this process's console.</summary>
    public static LogQueue ForTheConsole(BridgeMetrics metrics) =>
        new(metrics, console => console.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture));

    public void Emit(LogEvent logEvent)
    {
        if (Waiting >= Backlog)
        {
            _metrics.LogLineDropped();
            // Once each time, and in its place in the order of the lines.
            if (Interlocked.Exchange(ref _isDropping, 1) == 0)
                _queue.Emit(new LogEvent(logEvent.Timestamp, LogEventLevel.Warning, null, Dropping, []));
            return;
        }

        if (Volatile.Read(ref _isDropping) != 0 && Waiting < Backlog / 2)
            Volatile.Write(ref _isDropping, 0);
        _queue.Emit(logEvent);
    }

    /// <summary>Waits until all lines are out, or <see cref="LastLines"/>.</summary>
    public void Dispose()
    {
        // The queue's own end waits for ever for a console that takes nothing. Not on the pool: whatever ends the process may have filled it.
        var end = new Thread(((IDisposable)_queue).Dispose) { IsBackground = true };
        end.Start();
        end.Join(LastLines);
    }

    void IAsyncLogEventSinkMonitor.StartMonitoring(IAsyncLogEventSinkInspector inspector) => _waiting = inspector;

    void IAsyncLogEventSinkMonitor.StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
    }
}
