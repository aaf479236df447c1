using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Bridge.Domain.Turns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Bridge.Application.Tests;

public sealed class OpenRealtimeSessionTests
{
    private static readonly OpenRealtimeSession Request = new(TestNames.Identity, []);

    private readonly BridgeOptions _bridge = new() { Provider = "here" };
    private readonly AssistantOptions _assistant = TestSettings.Assistant();
    private readonly IRealtimeClient _here = Substitute.For<IRealtimeClient>();
    private readonly IRealtimeClient _elsewhere = Substitute.For<IRealtimeClient>();
    private readonly FakeTimeProvider _time = new();
    private readonly TestMetrics _metrics = new();
    private readonly ILogger<OpenRealtimeSessionHandler> _logger = SubstituteLogger.Of<OpenRealtimeSessionHandler>();
    private IRealtimeSession _session = null!;
    private ModelCircuit _circuit = null!;

    [SetUp]
    public void TheProviderOpensAtOnce()
    {
        (_assistant.Voice, _assistant.Temperature) = ("marin", 0.7);
        _circuit = new ModelCircuit(SubstituteOptions.Of(_bridge), new BridgeMetrics(_metrics), _time, SubstituteLogger.Of<ModelCircuit>());
        _session = Substitute.For<IRealtimeSession>();
        _session.Id.Returns("sess_1");
        _here.CreateSessionAsync(Arg.Any<RealtimeSessionSettings>(), Arg.Any<CancellationToken>()).Returns(_session);
    }

    [TearDown]
    public async Task TearDown()
    {
        _metrics.Dispose();
        await _session.DisposeAsync();
    }

    [Test]
    public async Task The_provider_of_that_name_opens_the_session_with_the_assistants_settings()
    {
        Assert.That(await OpenAsync(), Is.SameAs(_session));

        await _here.Received(1).CreateSessionAsync(
            new RealtimeSessionSettings("Be kind.", "marin", 0.7, _assistant.TurnDetection), Arg.Any<CancellationToken>());
        Assert.That(_elsewhere.ReceivedCalls(), Is.Empty);
    }

    [Test]
    public async Task A_session_is_handed_out_only_when_it_is_open_and_nobody_has_asked_it_for_anything()
    {
        var opening = new TaskCompletionSource<IRealtimeSession>();
        _here.CreateSessionAsync(Arg.Any<RealtimeSessionSettings>(), Arg.Any<CancellationToken>()).Returns(opening.Task);
        var opened = OpenAsync();
        Assert.That(opened.IsCompleted, Is.False);

        opening.SetResult(_session);
        await opened;
        await _session.DidNotReceive().CreateResponseAsync(Arg.Any<ResponseRequest>(), Arg.Any<CancellationToken>());
    }

    [Test]
    public async Task Ready_is_logged_at_Information_and_no_prompt_with_it()
    {
        await OpenAsync();

        var (level, text) = _logger.Lines().Single();
        Assert.That(level, Is.EqualTo(LogLevel.Information));
        Assert.That(text, Does.Contain("sess_1").And.Contain("here").And.Not.Contain("Be kind").And.Not.Contain("Say hello"));
    }

    [Test]
    public async Task The_time_a_session_took_to_open_is_measured_with_its_provider()
    {
        var opening = new TaskCompletionSource<IRealtimeSession>();
        _here.CreateSessionAsync(Arg.Any<RealtimeSessionSettings>(), Arg.Any<CancellationToken>()).Returns(opening.Task);
        var opened = OpenAsync();
        _time.Advance(TimeSpan.FromMilliseconds(250));
        opening.SetResult(_session);
        await opened;

        Assert.That(_metrics.Measured, Is.EqualTo(new[] { "bridge.session.connect.duration 0.25 provider=here succeeded=True" }));
    }

    [Test]
    public async Task A_provider_that_takes_too_long_could_not_open_a_session()
    {
        _here.CreateSessionAsync(Arg.Any<RealtimeSessionSettings>(), Arg.Any<CancellationToken>())
            .Returns(call => new TaskCompletionSource<IRealtimeSession>().Task.WaitAsync(call.Arg<CancellationToken>()));
        var opened = OpenAsync();
        _time.Advance(_bridge.ConnectAttemptTimeout);
        await TriedAsync(2);
        _time.Advance(_bridge.ConnectTimeout - _bridge.ConnectAttemptTimeout - TimeSpan.FromMilliseconds(1));
        Assert.That(opened.IsCompleted, Is.False);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var refused = await Assert.ThrowsAsync<RealtimeSessionException>(() => opened);
        Assert.That(refused!.Message, Does.Contain("5 s"));
        Assert.That(_metrics.Measured, Does.Contain("bridge.session.connect.duration 5 provider=here succeeded=False error.type=timeout"));
    }

    [Test]
    public async Task A_refusal_is_handed_on_as_it_is()
    {
        var refusal = new RealtimeSessionException("api.example answered 401.");
        _here.CreateSessionAsync(Arg.Any<RealtimeSessionSettings>(), Arg.Any<CancellationToken>()).ThrowsAsync(refusal);

        Assert.That(await Assert.ThrowsAsync<RealtimeSessionException>(OpenAsync), Is.SameAs(refusal));
        Assert.That(_metrics.Measured, Is.EqualTo(new[] { "bridge.session.connect.duration 0 provider=here succeeded=False error.type=_OTHER" }));
    }

    [Test]
    public async Task Who_calls_is_handed_on_beside_the_instructions_and_not_in_them()
    {
        await OpenAsync(CancellationToken.None, Request with { CallerContext = "[Caller facts] ALICE" });

        await _here.Received(1).CreateSessionAsync(
            Arg.Is<RealtimeSessionSettings>(s => s.CallerContext == "[Caller facts] ALICE" && s.Instructions == "Be kind."), Arg.Any<CancellationToken>());
    }

    [Test]
    public async Task A_call_that_ends_while_the_model_is_dialled_cancels_the_dial()
    {
        _here.CreateSessionAsync(Arg.Any<RealtimeSessionSettings>(), Arg.Any<CancellationToken>())
            .Returns(call => new TaskCompletionSource<IRealtimeSession>().Task.WaitAsync(call.Arg<CancellationToken>()));
        using var ended = new CancellationTokenSource();
        var opened = OpenAsync(ended.Token);
        await ended.CancelAsync();

        await Assert.ThatAsync(() => opened, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_fault_of_ours_while_dialling_is_handed_on_as_it_is()
    {
        _here.CreateSessionAsync(Arg.Any<RealtimeSessionSettings>(), Arg.Any<CancellationToken>()).ThrowsAsync(new NotSupportedException("a fault of ours"));

        await Assert.ThatAsync(OpenAsync, Throws.TypeOf<NotSupportedException>());
    }

    [Test]
    public async Task A_session_that_opened_is_not_closed_here()
    {
        await OpenAsync();

        await _session.DidNotReceive().DisposeAsync();
    }

    /// <summary>Returns when the provider was asked so many times.</summary>
    private async Task TriedAsync(int times)
    {
        for (var i = 0; i < 1_000 && _here.ReceivedCalls().Count() < times; i++)
            await Task.Delay(5);
        Assert.That(_here.ReceivedCalls().Count(), Is.EqualTo(times), "tries");
    }

    private Task<IRealtimeSession> OpenAsync() => OpenAsync(CancellationToken.None);

    private async Task<IRealtimeSession> OpenAsync(CancellationToken cancellationToken, OpenRealtimeSession? request = null)
    {
        var services = new ServiceCollection().AddKeyedSingleton("here", _here).AddKeyedSingleton("elsewhere", _elsewhere).BuildServiceProvider();
        var handler = new OpenRealtimeSessionHandler(
            services,
            SubstituteOptions.Of(_bridge),
            SubstituteOptions.Of(_assistant),
            _circuit,
            new BridgeMetrics(_metrics),
            _time,
            _logger);
        return await handler.Handle(request ?? Request, cancellationToken);
    }
}
