using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests.Privacy;

/// <summary>Every tag that one bridge's instruments were given, the framework's too.</summary>
internal sealed class MetricRecord : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Meter, string Instrument, string Tag, string Value), byte> _seen = new();

    public MetricRecord(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other bridges of this process have meters of the same name.
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>(See);
        _listener.SetMeasurementEventCallback<long>(See);
        _listener.SetMeasurementEventCallback<double>(See);
        _listener.Start();
    }

    /// <summary>What was measured.</summary>
    public IEnumerable<(string Instrument, string Tag, string Value)> Seen => _seen.Keys.Select(k => (k.Instrument, k.Tag, k.Value));

    /// <summary>Instruments, tags and values that nobody has classified, and canaries.</summary>
    public IEnumerable<string> Strange(Func<string, string?> canary)
    {
        foreach (var (meter, instrument, tag, value) in _seen.Keys)
        {
            if ((canary(value) ?? Patterns.SecretIn(value) ?? Patterns.PersonalIn(value)) is { } found)
                yield return $"{found}, in {instrument}{{{tag}}}";
            if (MetricTable.FaultOf(meter, instrument, tag, value) is { } fault)
                yield return fault;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void See<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (tags.IsEmpty)
            _seen.TryAdd((instrument.Meter.Name, instrument.Name, "", ""), 0);
        foreach (var (tag, value) in tags)
            _seen.TryAdd((instrument.Meter.Name, instrument.Name, tag, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""), 0);
    }
}
