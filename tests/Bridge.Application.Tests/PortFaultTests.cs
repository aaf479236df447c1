using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Sessions;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;
using MediatR;

namespace Bridge.Application.Tests;

/// <summary>A fault of ours at any port ends its own call, once and whole, and none beside it.</summary>
public sealed class PortFaultTests
{
    /// <summary>What happens once in a call has no third time.</summary>
    private static readonly string[] Once = ["ITwilioMediaSocket.HandshakeAsync", "ITwilioMediaSocket.ReadEventsAsync", "ITwilioMediaSocket.CloseAsync", "ITwilioMediaSocket.get_Skips", "IRealtimeSession.get_Id", "IRealtimeSession.ProbeAsync"];

    /// <summary>Where a fault is no reason to end a call.</summary>
    private static readonly string[] Harmless = ["ITwilioMediaSocket.CloseAsync", "ITwilioMediaSocket.get_Skips", "IRealtimeSession.DisposeAsync", "IMediator.Publish"];

    private readonly CallRig _rig = new(o =>
    {
        o.Patience.IdleAskAfter = TimeSpan.Zero;
        o.Patience.IdleEndAfter = TimeSpan.Zero;
    });

    private readonly List<ScriptedModel> _models = [];
    private ScriptedTwilio _healthy = null!;
    private Task _run = Task.CompletedTask;

    [TearDown]
    public void TakeDown()
    {
        _healthy?.Ends();
        _rig.Dispose();
    }

    public static IEnumerable<PortFault> Faults =>
        new[] { typeof(ITwilioMediaSocket), typeof(IRealtimeSession), typeof(IRecordings), typeof(IMediator) }.SelectMany(PortFault.Of);

    [TestCaseSource(nameof(Faults))]
    public async Task It_ends_the_call_it_happened_in_and_the_one_beside_it_goes_on(PortFault fault)
    {
        var bridge = _rig.BridgeOf(FaultyPort.Of<IMediator>(_rig.Mediator, fault, IsOfTheFaultyCall), FaultyPort.Of<IRecordings>(_rig.Recordings, fault));
        var healthy = await BeginHealthyCallAsync(bridge);
        Begin(bridge, fault);
        await LiveAsync();
        await _run.WaitAsync(CallRig.Patience);

        var name = $"{fault.Port}.{fault.Method}";
        Assert.That(fault.Fired, Is.EqualTo(fault.AtCall == 1 || !Once.Contains(name)), "it happens in this test's call");
        await AssertEndedAsync(fault, name);
        await AssertGoesOnAsync(healthy);
    }

    private async Task<Task> BeginHealthyCallAsync(CallBridge bridge)
    {
        Assert.That(CallIdentity.TryCreate("CA11111111111111111111111111111111", "MZ11111111111111111111111111111111", out var identity), Is.True);
        _healthy = new ScriptedTwilio(_rig.Log, "healthy twilio", identity);
        var run = bridge.RunAsync(_healthy, _rig.Switchboard.Enter(identity!.CallSid), CancellationToken.None);
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1);
        return run;
    }

    private void Begin(CallBridge bridge, PortFault fault)
    {
        for (var i = 1; i <= 5; i++)
        {
            var model = new ScriptedModel(_rig.Log, $"session {i}");
            _models.Add(model);
            _rig.Mediator.HandOut(FaultyPort.Of<IRealtimeSession>(model, fault));
        }

        _run = bridge.RunAsync(FaultyPort.Of<ITwilioMediaSocket>(_rig.Twilio, fault), _rig.Switchboard.Enter(), CancellationToken.None);
    }

    private static bool IsOfTheFaultyCall(object?[]? told) => TestNames.Identity == told?[0] switch
    {
        OpenRealtimeSession request => request.Call,
        CallStarted started => started.Call,
        TurnEnded turn => turn.Call,
        CallEnded ended => ended.Summary.Call,
        _ => null,
    };

    /// <summary>A call in which everything happens that can, three times at least. It may end at any point.</summary>
    private async Task LiveAsync()
    {
        foreach (var model in _models)
        {
            await DoAsync(model.ReadyAsync());
            // An interruption: of what the session before had said, and of what this one was just asked for.
            await DoAsync(model.SaysAsync(RealtimeEventKind.SpeechStarted));
            await DoAsync(model.BeginsAsync("orphan", model.Requests.Count > 0 ? model.Requests[^1].Number : null));
            await DoAsync(model.EndsAsync("orphan", ResponseEnding.Cancelled));
            await DoAsync(model.SaysAsync(RealtimeEventKind.SpeechStopped));
            await DoAsync(model.BeginsAsync("own"));
            for (var item = 1; item <= 3; item++)
            {
                await DoAsync(model.DeltaAsync("own", $"{model.Id}_own_{item}", 400));
                await DoAsync(model.ItemFinishedAsync($"{model.Id}_own_{item}"));
            }

            await DoAsync(model.SaysAsync(RealtimeEventKind.SpeechStarted));
            await DoAsync(model.EndsAsync("own", ResponseEnding.Cancelled));
            await DoAsync(model.SaysAsync(RealtimeEventKind.SpeechStopped));
            // Nothing comes: the filler. Nothing comes of two answers: the apology.
            await PassAsync(3);
            await DoAsync(model.BeginsAsync("empty"));
            await DoAsync(model.EndsAsync("empty"));
            await DoAsync(model.BeginsAsync("empty again", model.Requests.Count > 0 ? model.Requests[^1].Number : null));
            await DoAsync(model.EndsAsync("empty again"));
            await PassAsync(3);
            // The caller speaks and the model shows no sign: it is probed, and replaced.
            if (model == _models[^2])
            {
                for (var loud = 0; loud < 20; loud++)
                    await DoAsync(_rig.Twilio.FrameAsync(null, sample: 0x00));
                for (var quiet = 0; quiet < 40; quiet++)
                    await DoAsync(_rig.Twilio.FrameAsync(null, sample: 0xFF));
                await PassAsync(3);
                continue;
            }

            // The session is lost while it speaks.
            await DoAsync(model.BeginsAsync("last"));
            await DoAsync(model.DeltaAsync("last", $"{model.Id}_last", 1000));
            await DoAsync(model.AllWordsAsync($"{model.Id}_last", Speaker.Assistant, "one two three four five"));
            if (model != _models[^1])
                model.Ends();
        }

        await DoAsync(_rig.Twilio.StopAsync());
    }

    private Task<Task> DoAsync(Task step) => Task.WhenAny(step, _run);

    private async Task PassAsync(double seconds)
    {
        for (; seconds > 0; seconds -= 0.25)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(0.25));
            await DoAsync(_rig.Twilio.FrameAsync(null));
            await _healthy.FrameAsync(null);
        }
    }

    private async Task AssertEndedAsync(PortFault fault, string name)
    {
        Assert.That(_rig.Registry.Active, Is.EqualTo(1), "the place given back");
        var close = name == "ITwilioMediaSocket.HandshakeAsync" && fault.Fired ? "twilio refuse" : "twilio close";
        Assert.That(_rig.Log.Count(close), Is.EqualTo(name == "ITwilioMediaSocket.CloseAsync" && fault.Fired ? 0 : 1), "the stream closed");
        var dialled = _models.Take(_rig.Mediator.Requests.Count - 1).Select(m => _rig.Log.Count($"session {_models.IndexOf(m) + 1} close")).ToList();
        if (name != "IRealtimeSession.DisposeAsync")
            Assert.That(dialled, Has.All.EqualTo(1), "every session closed");

        if (name == "ITwilioMediaSocket.HandshakeAsync" && fault.Fired)
            return;
        var expected = fault.Fired && !Harmless.Contains(name) ? CallEndReason.InternalError : CallEndReason.CallerHungUp;
        var outcome = await _rig.Outcomes.TakeAsync(TestNames.CallSid, CancellationToken.None);
        Assert.That(outcome?.Reason, Is.EqualTo(expected == CallEndReason.InternalError ? expected : null), "the outcome");
        var ended = _rig.Mediator.Ended.Where(e => e.Summary.Call == TestNames.Identity).Select(e => e.Summary.Reason).ToList();
        if (name != "IMediator.Publish")
            Assert.That(ended, Is.EqualTo(new[] { expected }), "told of once");
    }

    private async Task AssertGoesOnAsync(Task healthy)
    {
        var heard = _rig.Model.Heard.Length;
        var media = _rig.Log.Count("healthy twilio media 2400");
        await _healthy.FrameAsync(null);
        await _rig.Model.DeltaAsync("resp_2", "item_2", 300);
        Assert.That((_rig.Model.Heard.Length > heard, _rig.Log.Count("healthy twilio media 2400") - media, healthy.IsCompleted), Is.EqualTo((true, 1, false)));

        await _healthy.StopAsync();
        await healthy.WaitAsync(CallRig.Patience);
        Assert.That((_rig.Mediator.Ended.Last().Summary.Reason, _rig.Registry.Active), Is.EqualTo((CallEndReason.CallerHungUp, 0)));
    }
}
