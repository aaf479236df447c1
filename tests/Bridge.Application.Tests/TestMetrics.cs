using System.Diagnostics.Metrics;

namespace Bridge.Application.Tests;

/// <summary>Makes meters that only this test's listener hears, and writes down what they measure: "name value tag=value".</summary>
internal sealed class TestMetrics : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<string> _measured = [];
    private readonly List<Meter> _meters = [];

    public TestMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<string> Measured
    {
        get
        {
            lock (_gate)
                return [.. _measured];
        }
    }

    /// <summary>Asks the instruments that say something only when they are asked.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        lock (_gate)
            _meters.Add(meter);
        return meter;
    }

    /// <summary>Meters too: the process keeps a list of those that are not.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        lock (_gate)
            _meters.ForEach(m => m.Dispose());
    }

    private void Keep<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct, IFormattable
    {
        var text = $"{instrument.Name} {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}";
        foreach (var tag in tags)
            text += $" {tag.Key}={tag.Value}";
        lock (_gate)
            _measured.Add(text);
    }
}
