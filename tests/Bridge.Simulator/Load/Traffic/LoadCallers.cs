using Bridge.Simulator.Caller;
using Bridge.Simulator.Load.Figures;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>Where the calls of a load go.</summary>
/// <param name="Port">Of the subject, on loopback.</param>
/// <param name="Bridge">How a bridge's webhook is called; null: it is a relay, and has none.</param>
internal sealed record LoadTarget(int Port, FakeCallerOptions? Bridge);

/// <summary>All callers of a load, on one reactor's thread. Everything here is called on that thread.</summary>
/// <param name="reactor">The thread.</param>
/// <param name="target">Whom they call.</param>
internal sealed class LoadCallers(Reactor reactor, LoadTarget target) : IPunctual
{
    private readonly List<CallerCall> _calls = [];
    private long _interval;
    private int _toCome;

    public Reactor Reactor => reactor;

    public LoadTarget Target => target;

    /// <summary>The assistant's audio.</summary>
    public Arrivals Arrivals { get; } = new();

    /// <summary>Webhook sent to TwiML read.</summary>
    public LatencyHistogram Webhook { get; } = new();

    /// <summary>Webhook (relay: dial) to the first audio.</summary>
    public LatencyHistogram FirstAudio { get; } = new();

    /// <summary>When each <c>clear</c> was read: the call, and nanoseconds.</summary>
    public List<(int Call, long At)> Clears { get; } = [];

    /// <summary>Frames sent.</summary>
    public long Sent { get; set; }

    /// <summary>Calls whose stream stood.</summary>
    public int SetUps { get; set; }

    /// <summary>Calls that talk.</summary>
    public int Standing { get; set; }

    /// <summary>Calls that never stood, or were ended by the other side.</summary>
    public int Failed { get; set; }

    /// <summary>Why the first of them failed.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>Nobody speaks any more, not even into the line.</summary>
    public bool IsHushed { get; set; }

    /// <summary>How long a call lasts, in nanoseconds; 0: until it is told to end.</summary>
    public long Life { get; init; }

    /// <summary>Calls so often a second, so many in all.</summary>
    public void Begin(double perSecond, int calls)
    {
        _interval = (long)(1e9 / perSecond);
        _toCome = calls;
        reactor.At(Reactor.Now, this);
    }

    public void Due(long due)
    {
        if (_toCome-- <= 0)
            return;
        var call = new CallerCall(this, _calls.Count);
        _calls.Add(call);
        call.Begin();
        reactor.At(due + _interval, this);
    }

    /// <summary>What is measured is measured from now on.</summary>
    public void Measure()
    {
        Arrivals.IsMeasuring = true;
        Arrivals.Delay.Clear();
        reactor.Late.Clear();
        Clears.Clear();
        if (Life == 0)
            return;
        Webhook.Clear();
        FirstAudio.Clear();
    }

    /// <summary>No call comes any more, and those that stand are ended.</summary>
    public void End()
    {
        _toCome = 0;
        foreach (var call in _calls)
            call.End();
    }

    /// <summary>So many calls failed.</summary>
    public void Fail(string why, int calls = 1)
    {
        Failed += calls;
        FirstFailure ??= why;
    }
}
