using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;

namespace Bridge.Application.Tests;

/// <summary>A call that cannot be carried is turned away before it is answered.</summary>
public sealed class TurnedAwayTests
{
    private const string Declaration = """<?xml version="1.0" encoding="UTF-8"?>""";
    private const string Busy = Declaration + """<Response><Reject reason="busy" /></Response>""";
    private const string Sentence = Declaration + """<Response><Say voice="V">All lines are busy.</Say><Hangup /></Response>""";
    private const string Other = "CA11111111111111111111111111111111";

    private readonly TwilioOptions _twilio = new() { IntroVoice = "V" };
    private readonly BridgeOptions _bridge = new() { MaxConcurrentCalls = 1 };
    private Switchboard _board = null!;
    private ModelCircuit _circuit = null!;

    private CallRegistry Calls => _board.Calls;

    [SetUp]
    public void SetUp()
    {
        _board = new Switchboard(_bridge);
        _circuit = new ModelCircuit(SubstituteOptions.Of(_bridge), new BridgeMetrics(_board.Metrics), _board.Time, SubstituteLogger.Of<ModelCircuit>());
    }

    [TearDown]
    public void TearDown() => _board.Dispose();

    [TestCase("", Busy)]
    [TestCase("All lines are busy.", Sentence)]
    public async Task When_the_model_cannot_be_had_and_no_place_is_promised(string text, string expected)
    {
        _twilio.BusyText = text;
        OpenTheCircuit();

        Assert.That(await AnswerAsync(), Is.EqualTo(expected));
        Assert.That(Calls.Promised, Is.Zero);
    }

    [Test]
    public async Task Until_the_model_may_be_tried_again()
    {
        OpenTheCircuit();
        _board.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.That(await AnswerAsync(), Does.Contain("<Connect"));
    }

    [TestCase("", Busy)]
    [TestCase("All lines are busy.", Sentence)]
    public async Task When_all_places_are_taken(string text, string expected)
    {
        _twilio.BusyText = text;
        using var place = _board.Enter(Other);

        Assert.That(await AnswerAsync(), Is.EqualTo(expected));
    }

    [Test]
    public async Task When_all_places_are_promised()
    {
        _board.Promise(Other);

        Assert.That(await AnswerAsync(), Is.EqualTo(Busy));
    }

    [Test]
    public async Task But_not_when_its_own_place_was_promised_already()
    {
        var first = await AnswerAsync();

        Assert.That(await AnswerAsync(), Is.EqualTo(first).And.Contain("<Connect"));
        Assert.That(Calls.Promised, Is.EqualTo(1));
    }

    [Test]
    public async Task When_this_instance_stops_and_is_the_only_one()
    {
        Calls.Draining = true;

        Assert.That(await AnswerAsync(), Is.EqualTo(Busy));
    }

    [Test]
    public async Task But_not_when_it_stops_and_there_are_others_to_whom_it_leaves_the_call_with_its_place()
    {
        _bridge.Replicas = 2;
        Calls.Draining = true;

        Assert.That(await AnswerAsync(), Does.Contain("<Connect"));
        Assert.That(Calls.Promised, Is.Zero);
    }

    [Test]
    public async Task But_not_when_it_stops_and_had_promised_before()
    {
        await AnswerAsync();
        Calls.Draining = true;

        Assert.That(await AnswerAsync(), Does.Contain("<Connect"));
    }

    private void OpenTheCircuit()
    {
        for (var i = 0; i < 3; i++)
            _circuit.Failed(new RealtimeSessionException("no", RealtimeSessionFailure.Unreachable));
    }

    private async Task<string> AnswerAsync()
    {
        var (twilio, assistant) = (SubstituteOptions.Of(_twilio), SubstituteOptions.Of(TestSettings.Assistant()));
        var handler = new AnswerIncomingCallHandler(Calls, _circuit, new BridgeMetrics(_board.Metrics), twilio, assistant, SubstituteLogger.Of<AnswerIncomingCallHandler>());
        var answer = await handler.Handle(new AnswerIncomingCall(TestNames.CallSid, null, null, null, "bridge.example", ""), CancellationToken.None);
        Assert.That(answer.IsGone, Is.False);
        return answer.Twiml;
    }
}
