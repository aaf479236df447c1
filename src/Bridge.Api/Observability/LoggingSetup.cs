using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.Observability;

/// <summary>Serilog: one line an event on the console, with the call it belongs to.</summary>
internal static class LoggingSetup
{
    /// <summary>
    /// The last lines explain the end, and they come out: also on an exit in mid-call and on an exception that nobody catches. A
    /// service that stops as it should has written them by then. Bounded in time by <see cref="LogQueue.LastLines"/>.
    /// </summary>
    public static void FlushAtTheEnd()
    {
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Log.CloseAndFlush();
        AppDomain.CurrentDomain.UnhandledException += static (_, _) => Log.CloseAndFlush();
    }

    /// <summary>
    /// The framework's own chatter stays at warnings, at Trace too: its request log would write query strings, and with them
    /// phone numbers, and the paths of media streams, and with them their tokens.
    /// </summary>
    /// <param name="log">What is set up.</param>
    /// <param name="levelName">The least level that is logged.</param>
    /// <param name="sink">Where events go.</param>
    public static LoggerConfiguration ForBridge(this LoggerConfiguration log, string levelName, ILogEventSink sink)
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
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
            // It would make an activity and a scope for each request, a call's among them: nobody reads them, and the path in the scope has a token in it.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off);
        return log.WriteTo.Sink(sink);
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
