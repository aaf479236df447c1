using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Bridge.Domain.Transcripts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>Two tries for a session, three seconds each, five in all; the second only where it may do.</summary>
public sealed class DialTests
{
    private static readonly TranscriptTurn[] History = [new TranscriptTurn("item_1", Speaker.Caller, "Hello.", "")];

    private readonly BridgeOptions _bridge = new() { Provider = "here" };
    private readonly FakeTimeProvider _time = new();
    private readonly TestMetrics _metrics = new();
    private readonly Provider _provider = new();
    private ModelCircuit _circuit = null!;

    [SetUp]
    public void SetUp() => _circuit = new ModelCircuit(SubstituteOptions.Of(_bridge), new BridgeMetrics(_metrics), _time, SubstituteLogger.Of<ModelCircuit>());

    [TearDown]
    public void TearDown() => _metrics.Dispose();

    [Test]
    public async Task A_refusal_is_not_tried_again()
    {
        _provider.Fails(RealtimeSessionFailure.Refused);
        _provider.Opens();

        Assert.That((await FailsAsync(OpenAsync())).Failure, Is.EqualTo(RealtimeSessionFailure.Refused));
        Assert.That(_provider.Tries, Is.EqualTo(1));
    }

    [Test]
    public async Task A_model_that_cannot_be_reached_is_tried_again_at_once()
    {
        _provider.Fails(RealtimeSessionFailure.Unreachable);
        var session = _provider.Opens();

        Assert.That(await OpenAsync().WaitAsync(CallRig.Patience), Is.SameAs(session));
        Assert.That(_provider.Settings.Select(s => s.History), Is.EqualTo(new[] { History, History }));
    }

    [Test]
    public async Task But_not_a_third_time()
    {
        _provider.Fails(RealtimeSessionFailure.Unreachable);
        _provider.Fails(RealtimeSessionFailure.Unreachable);
        _provider.Opens();

        Assert.That((await FailsAsync(OpenAsync())).Failure, Is.EqualTo(RealtimeSessionFailure.Unreachable));
        Assert.That(_provider.Tries, Is.EqualTo(2));
        Assert.That(_metrics.Measured, Is.EqualTo(new[] { "bridge.session.connect.duration 0 provider=here succeeded=False error.type=_OTHER" }));
    }

    [Test]
    public async Task A_try_that_takes_longer_than_three_seconds_is_given_up_and_made_once_more()
    {
        _provider.Hangs();
        var session = _provider.Opens();
        var opened = OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(2.999));
        await Task.Delay(20);
        Assert.That(_provider.Tries, Is.EqualTo(1));

        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.That(await opened.WaitAsync(CallRig.Patience), Is.SameAs(session));
        Assert.That(_metrics.Measured, Does.Contain("bridge.session.abandoned 1"));
    }

    [Test]
    public async Task Both_tries_together_take_no_more_than_five_seconds()
    {
        _provider.Hangs();
        _provider.Hangs();
        var opened = OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        await CallRig.UntilAsync(() => _provider.Tries == 2, "tried again");
        _time.Advance(TimeSpan.FromSeconds(1.999));
        await Task.Delay(20);
        Assert.That(opened.IsCompleted, Is.False);

        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.That((await FailsAsync(opened)).ErrorType, Is.EqualTo("timeout"));
        Assert.That(_metrics.Measured.Count(m => m == "bridge.session.abandoned 1"), Is.EqualTo(2));
    }

    [Test]
    public async Task A_model_that_is_busy_for_a_second_is_tried_after_it()
    {
        _provider.Fails(RealtimeSessionFailure.Busy, TimeSpan.FromSeconds(1));
        var session = _provider.Opens();
        var opened = OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(0.999));
        await Task.Delay(20);
        Assert.That(_provider.Tries, Is.EqualTo(1));

        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.That(await opened.WaitAsync(CallRig.Patience), Is.SameAs(session));
        Assert.That(_circuit.IsOpen, Is.False);
    }

    [TestCase(60.0)]
    [TestCase(2.1)]
    [TestCase(null)]
    public async Task A_model_that_is_busy_for_longer_or_does_not_say_is_not_waited_for(double? seconds)
    {
        _provider.Fails(RealtimeSessionFailure.Busy, seconds is { } s ? TimeSpan.FromSeconds(s) : null);
        _provider.Opens();

        Assert.That((await FailsAsync(OpenAsync())).Failure, Is.EqualTo(RealtimeSessionFailure.Busy));
        Assert.That((_provider.Tries, _circuit.IsOpen), Is.EqualTo((1, seconds is not null)), "who asked to be left alone is");
    }

    [Test]
    public async Task Three_calls_that_got_no_session_open_the_circuit_and_one_that_did_closes_it()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.That(_circuit.IsOpen, Is.False);
            _provider.Fails(RealtimeSessionFailure.Refused);
            await FailsAsync(OpenAsync());
        }

        Assert.That(_circuit.IsOpen, Is.True);
        _provider.Opens();
        await OpenAsync().WaitAsync(CallRig.Patience);
        Assert.That(_circuit.IsOpen, Is.False);
    }

    [Test]
    public async Task A_session_that_comes_after_all_that_time_is_closed_and_not_handed_out()
    {
        var first = _provider.HangsWhateverIsCancelled();
        _provider.HangsWhateverIsCancelled();
        var opened = OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(3));
        var late = new ScriptedModel(new OrderLog(), "late");
        var closed = new TaskCompletionSource();
        late.OnDispose = closed.SetResult;
        first.SetResult(late);

        Assert.That((await FailsAsync(opened)).ErrorType, Is.EqualTo("timeout"));
        await closed.Task.WaitAsync(CallRig.Patience);
    }

    [Test]
    public async Task A_call_that_ends_meanwhile_is_no_failure_of_the_models()
    {
        for (var i = 0; i < 3; i++)
        {
            _provider.Hangs();
            using var over = new CancellationTokenSource();
            var opened = OpenAsync(over.Token);
            await over.CancelAsync();
            await Assert.ThatAsync(() => opened, Throws.InstanceOf<OperationCanceledException>());
        }

        Assert.That((_circuit.IsOpen, _provider.Tries), Is.EqualTo((false, 3)));
        Assert.That(_metrics.Measured, Is.Empty);
    }

    private static async Task<RealtimeSessionException> FailsAsync(Task<IRealtimeSession> opened) =>
        (await Assert.ThrowsAsync<RealtimeSessionException>(() => opened.WaitAsync(CallRig.Patience)))!;

    private async Task<IRealtimeSession> OpenAsync(CancellationToken cancellationToken = default)
    {
        using var services = new ServiceCollection().AddKeyedSingleton<IRealtimeClient>("here", _provider).BuildServiceProvider();
        var handler = new OpenRealtimeSessionHandler(
            services, SubstituteOptions.Of(_bridge), SubstituteOptions.Of(TestSettings.Assistant()), _circuit, new BridgeMetrics(_metrics), _time, SubstituteLogger.Of<OpenRealtimeSessionHandler>());
        return await handler.Handle(new OpenRealtimeSession(TestNames.Identity, History), cancellationToken);
    }

    /// <summary>Does with each try what it was told to.</summary>
    private sealed class Provider : IRealtimeClient
    {
        private readonly Queue<Func<CancellationToken, Task<IRealtimeSession>>> _script = new();

        public List<RealtimeSessionSettings> Settings { get; } = [];

        public int Tries => Settings.Count;

        public void Fails(RealtimeSessionFailure failure, TimeSpan? retryAfter = null) =>
            _script.Enqueue(_ => Task.FromException<IRealtimeSession>(new RealtimeSessionException("no", failure) { RetryAfter = retryAfter }));

        public void Hangs() => _script.Enqueue(token => new TaskCompletionSource<IRealtimeSession>().Task.WaitAsync(token));

        public TaskCompletionSource<IRealtimeSession> HangsWhateverIsCancelled()
        {
            var opening = new TaskCompletionSource<IRealtimeSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            _script.Enqueue(_ => opening.Task);
            return opening;
        }

        public ScriptedModel Opens()
        {
            var session = new ScriptedModel(new OrderLog());
            _script.Enqueue(_ => Task.FromResult<IRealtimeSession>(session));
            return session;
        }

        public Task<IRealtimeSession> CreateSessionAsync(RealtimeSessionSettings settings, CancellationToken cancellationToken)
        {
            Settings.Add(settings);
            return _script.Dequeue()(cancellationToken);
        }
    }
}
