using System.Diagnostics;
using System.Globalization;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Load.Traffic;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load;

/// <summary>What one caller waited for.</summary>
/// <param name="Twiml">Webhook sent to TwiML read.</param>
/// <param name="Audio">Webhook sent to the first audio of the model.</param>
internal readonly record struct CallersWait(TimeSpan Twiml, TimeSpan Audio);

/// <summary>One start of the bridge.</summary>
/// <param name="Ready">Its process begun to <c>/health/ready</c> saying so, which is asked every ten milliseconds.</param>
/// <param name="First">The first call ever, as soon as it is ready.</param>
/// <param name="Second">The one after it, while that one is still being put away.</param>
internal sealed record ColdStart(TimeSpan Ready, CallersWait First, CallersWait Second)
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Starts a bridge, calls it twice, and ends it.</summary>
    /// <exception cref="BridgeFailedException">It was not ready within 30 s, or a call failed.</exception>
    public static async Task<ColdStart> MeasureAsync(Uri model, IReadOnlyDictionary<string, string?> variables, bool verbose, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        await using var bridge = BridgeProcess.Launch(model, variables.ToDictionary(one => one.Key, one => one.Value!), verbose);
        while (!await bridge.IsReadyAsync(stop))
        {
            if (!bridge.IsAlive)
                await bridge.Exited;
            if (!bridge.IsAlive || Stopwatch.GetElapsedTime(began) > Limit)
                throw new BridgeFailedException($"The bridge was not ready. It wrote:{Environment.NewLine}{bridge.Output}");
            await Task.Delay(Often, stop);
        }

        var ready = Stopwatch.GetElapsedTime(began);
        using var reactor = new Reactor(pause: Reactor.Millisecond / 2);
        var target = new LoadTarget(bridge.Url.Port, bridge.Caller);
        var thread = new Thread(reactor.Run) { IsBackground = true, Name = "Callers" };
        thread.Start();
        try
        {
            return new ColdStart(ready, await CallAsync(reactor, target, stop), await CallAsync(reactor, target, stop));
        }
        finally
        {
            reactor.Stop();
            thread.Join();
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"ready after {Ready.TotalSeconds:F2} s; first call: TwiML {First.Twiml.TotalMilliseconds:F1} ms, audio {First.Audio.TotalMilliseconds:F1}; second: {Second.Twiml.TotalMilliseconds:F1}, {Second.Audio.TotalMilliseconds:F1}");

    private static async Task<CallersWait> CallAsync(Reactor reactor, LoadTarget target, CancellationToken stop)
    {
        var callers = new LoadCallers(reactor, target);
        await reactor.DoAsync(() => callers.Begin(perSecond: 1000, calls: 1));
        var began = Stopwatch.GetTimestamp();
        CallersWait? wait = null;
        string? failure = null;
        while (wait is null)
        {
            await Task.Delay(Often, stop);
            await reactor.DoAsync(() =>
            {
                failure = callers.FirstFailure;
                wait = callers.FirstAudio.Count > 0 ? new(callers.Webhook.Max, callers.FirstAudio.Max) : null;
            });
            if (failure is not null || (wait is null && Stopwatch.GetElapsedTime(began) > Limit))
                throw new BridgeFailedException($"A call failed: {failure ?? "nothing was heard"}.");
        }

        await reactor.DoAsync(callers.End);
        return wait.Value;
    }
}
