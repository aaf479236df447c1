using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>Each reason to turn a call away: what Twilio is told, what is counted, and what is logged.</summary>
public sealed class WhyTurnedAwayTests
{
    private const string Declaration = """<?xml version="1.0" encoding="UTF-8"?>""";
    private const string Busy = Declaration + """<Response><Reject reason="busy" /></Response>""";
    private const string Sentence = Declaration + """<Response><Say voice="V">All lines are busy.</Say><Hangup /></Response>""";
    private const string HangUp = Declaration + "<Response><Hangup /></Response>";
    private const string Number = "+15005550006";

    private readonly TwilioOptions _twilio = new() { IntroVoice = "V" };
    private readonly BridgeOptions _bridge = new();
    private readonly AdmissionOptions _limits = Switchboard.Unlimited;
    private readonly ILogger<AnswerIncomingCallHandler> _logger = SubstituteLogger.Of<AnswerIncomingCallHandler>();
    private Switchboard _board = null!;
    private ModelCircuit _circuit = null!;

    public static TurnedAway[] Reasons => Enum.GetValues<TurnedAway>();

    [TearDown]
    public void TearDown() => _board.Dispose();

    [TestCaseSource(nameof(Reasons))]
    public async Task Twilio_is_told_busy_or_that_the_call_is_gone_and_it_is_counted_and_logged_once(TurnedAway why)
    {
        Provoke(why);
        var expected = why == TurnedAway.Ended ? new TwilioAnswer(HangUp, IsGone: true) : new TwilioAnswer(Busy);

        Assert.That(await AnswerAsync(), Is.EqualTo(expected));
        Assert.That(_board.Metrics.Measured.Where(m => m.StartsWith("bridge.calls.turned_away", StringComparison.Ordinal)), Is.EqualTo(new[] { $"bridge.calls.turned_away 1 reason={why}" }));
        var (level, line) = _logger.Lines().Single();
        Assert.That(level, Is.EqualTo(LogLevel.Warning));
        Assert.That(line, Does.Contain(TestNames.CallSid).And.Contain($"{why}").And.Contain(CallerNumber.Of(Number, null, null).ToString()).And.Not.Contain("5005550006"));
    }

    [TestCaseSource(nameof(Reasons))]
    public async Task With_a_sentence_it_is_said_but_not_to_a_call_that_is_gone(TurnedAway why)
    {
        _twilio.BusyText = "All lines are busy.";
        Provoke(why);

        Assert.That((await AnswerAsync()).Twiml, Is.EqualTo(why == TurnedAway.Ended ? HangUp : Sentence));
    }

    [TestCaseSource(nameof(Reasons))]
    public async Task A_call_that_is_known_has_its_answer_whatever_has_become_of_the_service_since(TurnedAway why)
    {
        Make();
        var first = await AnswerAsync();
        if (why == TurnedAway.NoModel)
            OpenTheCircuit();
        _bridge.MaxConcurrentCalls = why == TurnedAway.Full ? 1 : 0;
        _limits.MaxCallsPerNumber = _limits.MaxCallsPerNumberPerHour = _limits.MaxSetupsPerSecond = 1;
        _board.Calls.Draining = why == TurnedAway.Stopping;

        Assert.That(await AnswerAsync(), Is.EqualTo(first));
        Assert.That((first.Twiml, _board.Calls.Promised), Is.EqualTo((first.Twiml, 1)));
        Assert.That(first.Twiml, Does.Contain("<Connect"));
    }

    [Test]
    public async Task Who_hides_the_number_is_logged_as_hidden()
    {
        Provoke(TurnedAway.Full);
        await AnswerAsync("anonymous");

        Assert.That(_logger.Lines().Single().Text, Does.Contain("hidden"));
    }

    /// <summary>A service that turns the test's call away for this reason.</summary>
    private void Provoke(TurnedAway why)
    {
        _bridge.MaxConcurrentCalls = why == TurnedAway.Full ? 1 : 0;
        _limits.MaxCallsPerNumber = why == TurnedAway.NumberAtOnce ? 1 : 0;
        _limits.MaxCallsPerNumberPerHour = why == TurnedAway.NumberPerHour ? 1 : 0;
        _limits.MaxSetupsPerSecond = why == TurnedAway.SetupRate ? 1 : 0;
        Make();
        _board.Enter(TestNames.Call(1), Number);
        _board.Calls.Draining = why == TurnedAway.Stopping;
        if (why == TurnedAway.NoModel)
            OpenTheCircuit();
        if (why == TurnedAway.Ended)
            _board.Enter().Dispose();
    }

    private void Make()
    {
        _board = new Switchboard(_bridge, _limits);
        _circuit = new ModelCircuit(SubstituteOptions.Of(_bridge), new BridgeMetrics(_board.Metrics), _board.Time, SubstituteLogger.Of<ModelCircuit>());
    }

    private void OpenTheCircuit()
    {
        for (var i = 0; i < 3; i++)
            _circuit.Failed(new RealtimeSessionException("no", RealtimeSessionFailure.Unreachable));
    }

    private Task<TwilioAnswer> AnswerAsync(string from = Number)
    {
        var (twilio, assistant) = (SubstituteOptions.Of(_twilio), SubstituteOptions.Of(TestSettings.Assistant()));
        var handler = new AnswerIncomingCallHandler(_board.Calls, _circuit, new BridgeMetrics(_board.Metrics), twilio, assistant, _logger);
        return handler.Handle(new AnswerIncomingCall(TestNames.CallSid, from, null, null, "bridge.example", "") { AccountSid = TestNames.AccountSid }, CancellationToken.None);
    }
}
