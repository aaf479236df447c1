using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.Observability;

/// <summary>Serilog: one line an event on the console, with the call it belongs to.</summary>
internal static class LoggingSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Call}{Message:lj}{NewLine}{Fault}";

    /// <summary>Lines that wait for the console; what does not fit in is dropped.</summary>
    private const int Backlog = 10_000;

    /// <summary>
    /// The framework's own chatter stays at warnings, at Trace too: its request log would write query strings, and with them
    /// phone numbers, and the paths of media streams, and with them their tokens.
    /// </summary>
    /// <param name="log">What is set up.</param>
    /// <param name="levelName">The least level that is logged.</param>
    /// <param name="sink">Where events go; null for the console.</param>
    public static LoggerConfiguration ForBridge(this LoggerConfiguration log, string levelName, ILogEventSink? sink = null)
    {
        var level = Level(levelName);
        log.MinimumLevel.Is(level)
            .Enrich.FromLogContext()
            .Enrich.With<CallPrefix>()
            .Enrich.With<OneLine>();
        log.MinimumLevel.Override("Microsoft", Max(level, LogEventLevel.Warning))
            .MinimumLevel.Override("System", Max(level, LogEventLevel.Warning))
            // A start that fails is explained in a sentence of our own; a probe that finds the service full or stopping is no error.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal);
        if (sink is not null)
            return log.WriteTo.Sink(sink);
        // On a thread of its own: a terminal or a pipe that does not take a line must not hold up the threads that carry the calls.
        return log.WriteTo.Async(async => async.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture), Backlog);
    }

    private static LogEventLevel Level(string name) => name switch
    {
        "trace" => LogEventLevel.Verbose,
        "debug" => LogEventLevel.Debug,
        "warn" or "warning" => LogEventLevel.Warning,
        "error" => LogEventLevel.Error,
        "critical" => LogEventLevel.Fatal,
        _ => LogEventLevel.Information,
    };

    private static LogEventLevel Max(LogEventLevel one, LogEventLevel other) => one > other ? one : other;

    /// <summary>The scope of a call, short enough to begin a line with.</summary>
    private sealed class CallPrefix : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            var prefix = logEvent.Properties.TryGetValue("CallSid", out var call) && logEvent.Properties.TryGetValue("StreamSid", out var stream)
                ? $"[{((ScalarValue)call).Value} {((ScalarValue)stream).Value}] "
                : "";
            logEvent.AddPropertyIfAbsent(new LogEventProperty("Call", new ScalarValue(prefix)));
        }
    }
}
