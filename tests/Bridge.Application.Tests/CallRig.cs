using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>One call between two scripted peers.</summary>
internal sealed class CallRig : IDisposable
{
    /// <summary>How long a test waits for what must happen at once, before it says that it did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _aborted = new();
    private long? _lastFrameMs;

    public CallRig(Action<BridgeOptions>? configure = null)
    {
        configure?.Invoke(Options);
        Twilio = new ScriptedTwilio(Log);
        Model = new ScriptedModel(Log);
        Mediator = new ScriptedMediator(Log, Model);
        Registry = new CallRegistry(Microsoft.Extensions.Options.Options.Create(Options));
        Bridge = new CallBridge(
            Registry,
            Mediator,
            new CallPublisher(Mediator, Time, PublisherLogger),
            new BridgeMetrics(Metrics),
            Microsoft.Extensions.Options.Options.Create(Options),
            Microsoft.Extensions.Options.Options.Create(Assistant),
            Time,
            Logger);
    }

    public BridgeOptions Options { get; } = new();

    public AssistantOptions Assistant { get; } = new() { Instructions = "Be kind.", Greeting = "Say hello." };

    public OrderLog Log { get; } = new();

    public ScriptedTwilio Twilio { get; }

    public ScriptedModel Model { get; }

    public ScriptedMediator Mediator { get; }

    public CallRegistry Registry { get; }

    public CallBridge Bridge { get; }

    public FakeTimeProvider Time { get; } = new();

    public TestMetrics Metrics { get; } = new();

    public TestLogger<CallBridge> Logger { get; } = new();

    public TestLogger<CallPublisher> PublisherLogger { get; } = new();

    /// <summary>The turns that were told of, in the order in which they were.</summary>
    public IEnumerable<TranscriptTurn> Turns => Mediator.Published.OfType<TurnEnded>().Select(t => t.Turn);

    /// <summary>The call, from <see cref="Start"/> on.</summary>
    public Task Run { get; private set; } = Task.CompletedTask;

    public void Start() => Run = Bridge.RunAsync(Twilio, _aborted.Token);

    /// <summary>A frame of the caller's, at the time it is stamped with: so much later than the last one that came so.</summary>
    public Task FrameAtAsync(long timestampMs)
    {
        Time.Advance(TimeSpan.FromMilliseconds(timestampMs - (_lastFrameMs ?? timestampMs)));
        _lastFrameMs = timestampMs;
        return Twilio.FrameAsync(timestampMs);
    }

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
        Assert.That(Log.Count("twilio close"), Is.EqualTo(1), "Twilio's side closed");
        Assert.That(Log.Count("model close"), Is.EqualTo(modelCloses), "the model's side closed");
        Assert.That(Registry.Active, Is.Zero, "the place given back");
    }

    public void Dispose()
    {
        Twilio.Ends();
        Model.Ends();
        Metrics.Dispose();
        Registry.Dispose();
        _aborted.Dispose();
    }
}
