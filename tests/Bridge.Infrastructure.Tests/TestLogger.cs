using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Tests;

/// <summary>Writes down what is logged from a level on.</summary>
internal sealed class TestLogger<T>(LogLevel from = LogLevel.Trace) : ILogger<T>
{
    public List<(LogLevel Level, string Text)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= from;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Entries.Add((logLevel, formatter(state, exception)));
    }
}
