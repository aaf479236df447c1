using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>Writes down what is logged, and in which scopes.</summary>
internal sealed class TestLogger<T> : ILogger<T>
{
    private readonly Lock _gate = new();
    private readonly List<(LogLevel Level, string Text)> _entries = [];
    private readonly List<object> _scopes = [];

    public IReadOnlyList<(LogLevel Level, string Text)> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    public IReadOnlyList<object> Scopes => _scopes;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _scopes.Add(state);
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
            _entries.Add((logLevel, formatter(state, exception)));
    }
}
