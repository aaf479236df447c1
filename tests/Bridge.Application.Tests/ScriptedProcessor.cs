using Bridge.Application.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>A processor that is as busy as the test says.</summary>
internal sealed class ScriptedProcessor(double cores = 2) : IProcessorTime
{
    private TimeSpan _used;

    public TimeSpan Used => Fault is null ? _used : throw Fault;

    public double Cores => cores;

    public Exception? Fault { get; set; }

    /// <summary>So much time passes in which it is so busy, 1 for all of its cores.</summary>
    public void Pass(FakeTimeProvider time, double seconds, double load)
    {
        for (; seconds > 0; seconds--)
        {
            _used += TimeSpan.FromSeconds(Math.Min(seconds, 1) * load * cores);
            time.Advance(TimeSpan.FromSeconds(Math.Min(seconds, 1)));
        }
    }
}
