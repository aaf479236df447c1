using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Sessions;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Application.Tests;

/// <summary>The mediator as it is put together by hand here.</summary>
public sealed class MediatorRegistrationTests
{
    private ServiceProvider _services = null!;

    [SetUp]
    public void SetUp() => _services = TestServices.Build(("Bridge:Provider", "echo"));

    [TearDown]
    public void TearDown() => _services.Dispose();

    public static IEnumerable<Type> Requests =>
        typeof(DependencyInjection).Assembly.GetTypes().Where(t => t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>)));

    [Test]
    public void There_are_requests_to_speak_of() =>
        Assert.That(Requests, Is.SupersetOf(new[] { typeof(AnswerIncomingCall), typeof(OpenRealtimeSession) }));

    [TestCaseSource(nameof(Requests))]
    public void Every_request_has_one_handler(Type request)
    {
        var answer = request.GetInterfaces().Single(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>)).GetGenericArguments()[0];

        Assert.That(_services.GetServices(typeof(IRequestHandler<,>).MakeGenericType(request, answer)), Has.Exactly(1).Items);
    }

    [TestCase(typeof(CallStarted))]
    [TestCase(typeof(CallEnded))]
    public void Every_notification_has_a_listener(Type notification) =>
        Assert.That(_services.GetServices(typeof(INotificationHandler<>).MakeGenericType(notification)), Is.Not.Empty);

    [Test]
    public async Task A_request_passes_its_validator_on_the_way_to_its_handler()
    {
        var mediator = _services.GetRequiredService<IMediator>();
        var good = new AnswerIncomingCall(TestNames.CallSid, null, null, null, "bridge.example", "");

        Assert.That((await mediator.Send(good)).Twiml, Does.Contain("wss://bridge.example/media-stream/v1."));
        await Assert.ThatAsync(() => mediator.Send(good with { CallSid = "?" }), Throws.TypeOf<ValidationException>());
    }

    [Test]
    public async Task A_notification_known_only_by_its_interface_reaches_its_listeners()
    {
        INotification started = new CallStarted(TestNames.Identity);
        var measured = 0;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "bridge.calls.active" && ReferenceEquals(instrument.Meter.Scope, _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => measured += value);
        listener.Start();
        await _services.GetRequiredService<IMediator>().Publish(started);

        Assert.That(measured, Is.EqualTo(1));
    }

    [Test]
    public async Task The_bridge_of_the_container_carries_a_call()
    {
        var log = new OrderLog();
        var twilio = new ScriptedTwilio(log) { Handshake = _ => throw new MediaStreamException("no start") };
        var token = _services.GetRequiredService<StreamTokens>().Issue(TestNames.CallSid, TestNames.AccountSid, "echo", TimeSpan.FromMinutes(1)).Token;
        var place = _services.GetRequiredService<CallRegistry>().TryAdmit(token, out _)!;
        await _services.GetRequiredService<CallBridge>().RunAsync(twilio, place, CancellationToken.None).WaitAsync(CallRig.Patience);

        Assert.That(log.Entries, Is.EqualTo(new[] { "twilio refuse" }));
    }
}
