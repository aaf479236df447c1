using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using MediatR;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>One call between two scripted peers.</summary>
internal sealed class CallRig : IDisposable
{
    /// <summary>How long a test waits for what must happen at once, before it says that it did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Quarter = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _aborted = new();
    private long? _lastFrameMs;

    public CallRig(Action<BridgeOptions>? configure = null)
    {
        configure?.Invoke(Options);
        Twilio = new ScriptedTwilio(Log);
        Model = new ScriptedModel(Log);
        Mediator = new ScriptedMediator(Log, Model);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        Switchboard = new Switchboard(Options, Admission, Time, Metrics);
        Outcomes = new CallOutcomes(Time);
        Drain = new CallDrain(Registry, Outcomes, options, Time, DrainLogger);
        Batching = new UplinkBatching(options, Processor, new BridgeMetrics(Metrics), Time, BatchingLogger);
        Bridge = BridgeOf(Mediator, Recordings);
    }

    /// <summary>Settings for a call that may take its time: no rule about silence, length or missing frames is on.</summary>
    public static void Endless(BridgeOptions options)
    {
        options.MediaTimeout = TimeSpan.FromDays(1);
        options.Patience = new PatienceOptions
        {
            FillerAfter = TimeSpan.Zero,
            StallAfter = TimeSpan.Zero,
            FirstAudioWithin = TimeSpan.Zero,
            IdleAskAfter = TimeSpan.Zero,
            IdleEndAfter = TimeSpan.Zero,
            MaxCallDuration = TimeSpan.Zero,
        };
    }

    public BridgeOptions Options { get; } = new();

    public AssistantOptions Assistant { get; } = TestSettings.Assistant();

    public OrderLog Log { get; } = new();

    public ScriptedTwilio Twilio { get; }

    public ScriptedModel Model { get; }

    public ScriptedMediator Mediator { get; }

    public AdmissionOptions Admission { get; } = new();

    public Switchboard Switchboard { get; }

    public CallRegistry Registry => Switchboard.Calls;

    public CallOutcomes Outcomes { get; }

    public CallDrain Drain { get; }

    public ScriptedRecordings Recordings { get; } = new();

    public ScriptedProcessor Processor { get; } = new();

    public UplinkBatching Batching { get; }

    public CallBridge Bridge { get; }

    public FakeTimeProvider Time { get; } = new();

    public BesideTheWheel Beside { get; } = new();

    public TestMetrics Metrics { get; } = new();

    public TestLogger<CallBridge> Logger { get; } = new();

    public TestLogger<Refusals> RefusalLogger { get; } = new();

    public TestLogger<CallPublisher> PublisherLogger { get; } = new();

    public TestLogger<CallDrain> DrainLogger { get; } = new();

    public TestLogger<UplinkBatching> BatchingLogger { get; } = new();

    /// <summary>The turns that were told of, in the order in which they were.</summary>
    public IEnumerable<TranscriptTurn> Turns => Mediator.Published.OfType<TurnEnded>().Select(t => t.Turn);

    /// <summary>The call, from <see cref="Start()"/> on.</summary>
    public Task Run { get; private set; } = Task.CompletedTask;

    /// <summary>The call was promised; its stream comes.</summary>
    public void Start() => Start(Switchboard.Enter());

    /// <summary>The stream comes that has this place.</summary>
    public void Start(CallRegistry.Place place) => Run = Bridge.RunAsync(Twilio, place, _aborted.Token);

    /// <summary>A frame of the caller's, at the time it is stamped with: so much later than the last one that came so.</summary>
    public Task FrameAtAsync(long timestampMs, byte sample = 0x55) => FrameAtAsync(timestampMs, Enumerable.Repeat(sample, 160).ToArray());

    /// <summary>The same with this audio, which is lent.</summary>
    public Task FrameAtAsync(long timestampMs, byte[] audio)
    {
        Time.Advance(TimeSpan.FromMilliseconds(timestampMs - (_lastFrameMs ?? timestampMs)));
        _lastFrameMs = timestampMs;
        return Twilio.SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Media, audio, timestampMs));
    }

    /// <summary>A model for the next session that is asked for, under a name of its own in the log.</summary>
    public ScriptedModel Next(string name)
    {
        var model = new ScriptedModel(Log, name);
        Mediator.HandOut(model);
        return model;
    }

    /// <summary>Time passes, a quarter of a second at a time, and the caller's line is alive.</summary>
    public async Task PassAsync(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero && !Run.IsCompleted; left -= Quarter)
        {
            Time.Advance(left < Quarter ? left : Quarter);
            await Twilio.FrameAsync(null);
        }
    }

    /// <summary>Moves time until something is done that looks at the clock by itself, now and then; each of its looks may be a while in coming.</summary>
    public async Task<TResult> SoonAsync<TResult>(Task<TResult> doing, double atMost = 2)
    {
        var end = Time.GetUtcNow() + TimeSpan.FromSeconds(atMost);
        while (!doing.IsCompleted && Time.GetUtcNow() < end)
        {
            await Task.WhenAny(doing, Task.Delay(20));
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        return await doing.WaitAsync(Patience);
    }

    /// <summary>Returns when something has come true that needs no time but other threads.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        for (var i = 0; i < 1_000 && !holds(); i++)
            await Task.Delay(5);
        Assert.That(holds(), Is.True, what);
    }

    /// <summary>Another bridge over the same registry, with other ports.</summary>
    public CallBridge BridgeOf(IMediator mediator, IRecordings recordings) =>
        new(
            new CallParts(
                Registry,
                new Refusals(new BridgeMetrics(Metrics), Time, RefusalLogger),
                Outcomes,
                mediator,
                new CallPublisher(mediator, Time, PublisherLogger),
                recordings,
                new BridgeMetrics(Metrics),
                Batching,
                Microsoft.Extensions.Options.Options.Create(Options),
                Microsoft.Extensions.Options.Options.Create(Assistant),
                Time,
                new TimerWheel(Time, Beside)),
            Logger);

    /// <summary>The connection is gone.</summary>
    public Task AbortAsync() => _aborted.CancelAsync();

    /// <summary>Waits for the call's end, which must come of itself, and returns what was said of it.</summary>
    public async Task<CallSummary> EndAsync()
    {
        await Run.WaitAsync(Patience);
        return Mediator.Ended.Single().Summary;
    }

    /// <summary>Waits for the call's end and checks it: the reason, each side closed once, the place given back.</summary>
    public async Task EndsOnceAsync(CallEndReason reason, int modelCloses)
    {
        var summary = await EndAsync();
        Assert.That(summary.Reason, Is.EqualTo(reason));
        var close = reason == CallEndReason.ProtocolViolation ? "twilio refuse" : "twilio close";
        Assert.That(Log.Entries.Where(e => e is "twilio close" or "twilio refuse"), Is.EqualTo(new[] { close }), "Twilio's side closed, and told as what");
        Assert.That(Log.Count("model close"), Is.EqualTo(modelCloses), "the model's side closed");
        Assert.That(Registry.Active, Is.Zero, "the place given back");
    }

    public void Dispose()
    {
        Twilio.Ends();
        Model.Ends();
        Drain.Dispose();
        Batching.Dispose();
        Switchboard.Dispose();
        _aborted.Dispose();
    }
}
