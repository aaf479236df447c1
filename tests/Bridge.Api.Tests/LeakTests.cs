using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serilog.Core;

namespace Bridge.Api.Tests;

/// <summary>Calls that end in every way there is: afterwards nothing of them is left.</summary>
[CancelAfter(600_000)]
public sealed class LeakTests
{
    private const int MostAtOnce = 10;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, int> _ended = new();
    private readonly ManualClock _clock = new();
    private BridgeHost _bridge = null!;
    private WatchedTime _time = null!;
    private Recordings _recordings = null!;
    private Uri _model = null!;
    private CancellationToken _cancel;

    [Test]
    public Task After_hundreds_of_calls_nothing_is_left_of_them(CancellationToken cancel) => RunAsync(20, cancel);

    [Test, Explicit("2,000 calls take their time")]
    public Task After_two_thousand_calls_nothing_is_left_of_them(CancellationToken cancel) => RunAsync(100, cancel);

    private async Task RunAsync(int ofEachWay, CancellationToken cancel)
    {
        _cancel = cancel;
        (_time, _recordings, _model) = (new WatchedTime(_clock), new Recordings(), await FreeUrlAsync());
        using var listener = Listen();
        _bridge = await BridgeHost.StartAsync(new() { Clock = _clock }, Variables(), builder =>
        {
            builder.Services.RemoveAll<ILogEventSink>();
            builder.Services.AddSingleton<TimeProvider>(_time).AddSingleton<IRecordings>(_recordings);
            (builder.Configuration["Bridge:MediaTimeout"], builder.Configuration["Bridge:SendTimeout"]) = ("00:00:03", "00:00:01");
            builder.Configuration["Bridge:Circuit:Failures"] = "1000";
            // Small buffers, so that a stream that is not read is stuck soon.
            builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = endpoint =>
            {
                var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
                socket.SendBufferSize = 8 * 1024;
                return socket;
            });
        }, _clock);
        await using var owned = _bridge;
        await EveryWayAsync(MostAtOnce);
        var before = await MeasureAsync();
        var open = Descriptors();
        _ended.Clear();

        await EveryWayAsync(ofEachWay);
        var after = await MeasureAsync();

        TestContext.Out.WriteLine($"{ofEachWay * Endings.All.Count} calls: {string.Join(", ", _ended.OrderBy(e => e.Key).Select(e => $"{e.Value} {e.Key}"))}");
        TestContext.Out.WriteLine($"before {before}, after {after}; new descriptors: {string.Join(", ", Descriptors().Except(open))}");
        foreach (var reason in Endings.All.Where(way => way.Reason.Length > 0).GroupBy(way => way.Reason))
            Assert.That(_ended.GetValueOrDefault(reason.Key), Is.GreaterThanOrEqualTo(reason.Count() * ofEachWay), reason.Key);
        var calls = _bridge.Services.GetRequiredService<CallRegistry>();
        Assert.That((calls.Active, calls.Promised), Is.EqualTo((0, 0)));
        Assert.That(after.Timers, Is.EqualTo(before.Timers));
        Assert.That(after.Descriptors, Is.EqualTo(before.Descriptors).Within(5));
        Assert.That(after.HeapBytes, Is.LessThanOrEqualTo(before.HeapBytes + (5 * 1024 * 1024)));

        await DrainAsync(ofEachWay);
    }

    private async Task EveryWayAsync(int calls)
    {
        foreach (var way in Endings.All)
        {
            for (var left = calls; left > 0; left -= MostAtOnce)
                await EndAsync(way, Math.Min(left, MostAtOnce));
        }
    }

    /// <summary>A model of their own for each few calls: the simulated one forgets nothing.</summary>
    private async Task EndAsync(Endings way, int calls)
    {
        await using var model = await FakeRealtimeServer.StartAsync(way.Model with { Clock = _clock }, _model.Port, _cancel);
        await using var crowd = new CallCrowd(_bridge, _cancel);
        _recordings.Fail = way.RecordingsFail;
        var endedBefore = _ended.GetValueOrDefault(way.Reason);
        await crowd.DialAsync(calls, (_, options) => way.Caller(options));
        if (way.IsGreeted)
            await Task.WhenAll(crowd.Callers.Select(caller => caller.WaitForMediaAsync(Pcmu.Samples(400), _cancel)));
        await Task.WhenAll(crowd.Callers.Select(caller => way.Do(caller, model)));
        if (way.Takes > TimeSpan.Zero)
            await AskedAsync(model, calls);
        if (way.Takes > TimeSpan.Zero)
            await crowd.UntilAsync(() => $"{way.Name}: {calls} have ended; in all {string.Join(", ", _ended)}; before {endedBefore}", () => _ended.GetValueOrDefault(way.Reason) >= endedBefore + calls, way.Takes, Step);
        crowd.Callers.ForEach(way.Afterwards);
        await Task.WhenAll(crowd.Callers.Select(caller => caller.AllStreams[0].Ended.WaitAsync(_cancel)));
        if (way.IsResumed)
        {
            await Task.WhenAll(crowd.Callers.Select(caller => caller.WaitForStreamAsync(2, _cancel)));
            await Task.WhenAll(crowd.Callers.Select(caller => caller.HangUpAsync(_cancel)));
        }

        await Task.WhenAll(crowd.Callers.Select(caller => caller.CallEnded.WaitAsync(_cancel)));
        var registry = _bridge.Services.GetRequiredService<CallRegistry>();
        await NoneIsOnAsync(crowd, registry);
        await model.WaitUntilAsync(server => server.OpenSockets == 0, _cancel);
        // A stream that never said whose it is leaves its place promised, for a minute.
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.That(registry.Promised, Is.Zero, way.Name);
        _recordings.Fail = false;
    }

    /// <summary>Time passes for what waits for it; what waits for a processor is waited for.</summary>
    private async Task NoneIsOnAsync(CallCrowd crowd, CallRegistry registry)
    {
        while (registry.Changed is var changed && registry.Active > 0)
        {
            await crowd.PassAsync(TimeSpan.FromSeconds(10), Step);
            if (registry.Active > 0)
                await changed.WaitAsync(TimeSpan.FromSeconds(20), _cancel);
        }
    }

    /// <summary>No time passes while a session is dialled: it would be too slow for it.</summary>
    private async Task AskedAsync(FakeRealtimeServer model, int sessions)
    {
        await model.WaitUntilAsync(server => server.Conversations.Count >= sessions, _cancel);
        await Task.WhenAll(model.Conversations.Where(session => !session.Closed.IsCompleted).Select(async session =>
            await Task.WhenAny(session.Closed, session.WaitForAsync("response.create", 1, _cancel))));
    }

    /// <summary>Last, for a registry that has its calls ended does not begin again.</summary>
    private async Task DrainAsync(int calls)
    {
        await using var model = await FakeRealtimeServer.StartAsync(Endings.Talks with { Clock = _clock }, _model.Port, _cancel);
        await using var crowd = new CallCrowd(_bridge, _cancel);
        await crowd.DialAsync(calls);
        await Task.WhenAll(crowd.Callers.Select(caller => caller.WaitForMediaAsync(Pcmu.Samples(400), _cancel)));
        var registry = _bridge.Services.GetRequiredService<CallRegistry>();
        await registry.EndCallsAsync();
        await Task.WhenAll(crowd.Callers.Select(caller => caller.CallEnded.WaitAsync(_cancel)));
        await model.WaitUntilAsync(server => server.OpenSockets == 0, _cancel);
        await NoneIsOnAsync(crowd, registry);
        await crowd.UntilAsync(() => "all of them were told why", () => _ended.GetValueOrDefault("Draining") == calls, TimeSpan.FromMinutes(5), Step);
    }

    private async Task<(int Timers, int Descriptors, long HeapBytes)> MeasureAsync()
    {
        // Outcomes are kept for five minutes, and forgotten when the next call begins or ends.
        _clock.Advance(TimeSpan.FromMinutes(6));
        await EndAsync(Endings.All[0], 1);
        var least = long.MaxValue;
        var descriptors = int.MaxValue;
        for (var look = 0; look < 20; look++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
            descriptors = Math.Min(descriptors, Descriptors().Count);
        }

        return (_time.RunningTimers, descriptors, least);
    }

    /// <summary>What the open descriptors are for. The runtime's own, of the libraries it has loaded so far, do not count.</summary>
    private static List<string> Descriptors() =>
        [.. Directory.GetFileSystemEntries("/proc/self/fd").Select(entry => new FileInfo(entry).LinkTarget ?? "gone").Where(target => !target.EndsWith(".dll", StringComparison.Ordinal))];

    private Dictionary<string, string> Variables() => new()
    {
        ["OPENAI_REALTIME_URL"] = _model.ToString(), ["TWILIO_INTRO_TEXT"] = "off", ["LOG_LEVEL"] = "critical",
        ["IDLE_ASK_AFTER"] = "0", ["IDLE_END_AFTER"] = "5", ["MAX_CALL_DURATION"] = "14",
    };

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == BridgeMetrics.MeterName && instrument.Name == "bridge.calls.ended")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, count, tags, _) => _ended.AddOrUpdate((string)tags[0].Value!, count, (_, before) => before + count));
        listener.Start();
        return listener;
    }

    private static async Task<Uri> FreeUrlAsync()
    {
        await using var server = await FakeRealtimeServer.StartAsync();
        return server.Url;
    }

    private sealed class Recordings : IRecordings
    {
        public bool Fail { get; set; }

        public ReadOnlyMemory<byte> Filler => Fail ? throw new InvalidOperationException("The disk is on fire.") : Pcmu.Quiet(1600);

        public ReadOnlyMemory<byte> SayAgain => Filler;
    }
}
