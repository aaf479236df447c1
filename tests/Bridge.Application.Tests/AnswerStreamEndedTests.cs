using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>A stream is over and its caller still there: what Twilio does then, by what became of it.</summary>
public sealed partial class AnswerStreamEndedTests
{
    private const string HangUp = "<Response><Hangup /></Response>";
    private const string Apology = """<Response><Say voice="V">Sorry.</Say><Hangup /></Response>""";
    private const string Goodbye = """<Response><Say voice="V">Goodbye.</Say><Hangup /></Response>""";
    private const string Dial = """<Response><Say voice="V">I connect you.</Say><Dial>+15551234567</Dial><Hangup /></Response>""";
    private const string Resume = """<Response><Connect action="/stream-ended"><Stream url="wss://bridge.example/media-stream/…"><Parameter name="From" value="+15005550006" /></Stream></Connect></Response>""";

    private static readonly AnswerStreamEnded Question = new(TestNames.CallSid, "+15005550006", null, null, "bridge.example", "");

    /// <summary>Every reason is here, or a test fails.</summary>
    private static readonly Dictionary<CallEndReason, string> Answers = new()
    {
        [CallEndReason.CallerHungUp] = HangUp,
        [CallEndReason.StreamLost] = Resume,
        [CallEndReason.StreamStuck] = Resume,
        [CallEndReason.ProtocolViolation] = Apology,
        [CallEndReason.ModelUnreachable] = Apology,
        [CallEndReason.ModelRefused] = Apology,
        [CallEndReason.ModelBusy] = Apology,
        [CallEndReason.ModelClosed] = Apology,
        [CallEndReason.ModelFailed] = Apology,
        [CallEndReason.Idle] = Goodbye,
        [CallEndReason.TooLong] = Goodbye,
        [CallEndReason.Draining] = Apology,
        [CallEndReason.InternalError] = Apology,
    };

    private readonly TwilioOptions _twilio = new() { IntroVoice = "V", IntroText = "One moment.", ApologyText = "Sorry.", GoodbyeText = "Goodbye.", TransferText = "I connect you." };
    private readonly BridgeOptions _bridge = new() { MaxConcurrentCalls = 1 };
    private readonly ILogger<AnswerStreamEndedHandler> _logger = SubstituteLogger.Of<AnswerStreamEndedHandler>();

    /// <summary>The token in the last answer; the answers of the tests have "…" for it.</summary>
    private string _token = "";

    private Switchboard _board = null!;
    private CallOutcomes _outcomes = null!;

    [SetUp]
    public void SetUp()
    {
        _board = new Switchboard(_bridge);
        _outcomes = new CallOutcomes(_board.Time);
    }

    [TearDown]
    public void TearDown() => _board.Dispose();

    public static CallEndReason[] Reasons => Enum.GetValues<CallEndReason>();

    [TestCaseSource(nameof(Reasons))]
    public async Task Each_reason_has_its_answer(CallEndReason reason) => Assert.That(await AnswerAsync(reason), Is.EqualTo(Answers[reason]));

    [TestCaseSource(nameof(Reasons))]
    public async Task With_a_number_to_fall_back_to_an_apology_is_a_transfer(CallEndReason reason)
    {
        _twilio.FallbackPhoneNumber = "+15551234567";

        Assert.That(await AnswerAsync(reason), Is.EqualTo(Answers[reason] == Apology ? Dial : Answers[reason]));
    }

    [TestCaseSource(nameof(Reasons))]
    public async Task A_caller_who_heard_the_goodbye_hears_nothing_more(CallEndReason reason) =>
        Assert.That(await AnswerAsync(reason, goodbyeHeard: true), Is.EqualTo(HangUp));

    [Test]
    public async Task A_call_that_is_not_known_is_hung_up() => Assert.That(await AskAsync(), Is.EqualTo(HangUp));

    [Test]
    public async Task Asked_again_it_gives_the_same_answer_and_after_five_times_it_hangs_up()
    {
        var answer = await AnswerAsync(CallEndReason.StreamLost);
        Assert.That(answer, Does.Contain("<Stream "));

        for (var again = 0; again < 5; again++)
            Assert.That(await AskAsync(), Is.EqualTo(answer), "lost on its way, and no second place is taken");
        Assert.That(await AskAsync(), Is.EqualTo(HangUp), "it comes back from an answer that does not help");
    }

    [Test]
    public async Task Without_a_sentence_there_is_none()
    {
        (_twilio.ApologyText, _twilio.TransferText) = ("", "");
        Assert.That(await AnswerAsync(CallEndReason.ModelFailed), Is.EqualTo(HangUp));

        _twilio.FallbackPhoneNumber = "+15551234567";
        Assert.That(await AnswerAsync(CallEndReason.ModelFailed), Is.EqualTo("<Response><Dial>+15551234567</Dial><Hangup /></Response>"));
    }

    [Test]
    public async Task Another_stream_is_promised_a_place_and_the_conversation()
    {
        await AnswerAsync(CallEndReason.StreamLost);

        Assert.That(_board.Calls.Promised, Is.EqualTo(1));
        Assert.That(_outcomes.Begin(TestNames.CallSid)?.Reason, Is.EqualTo(CallEndReason.StreamLost));
    }

    [Test]
    public async Task The_third_stream_that_is_lost_is_the_last()
    {
        Assert.That(await AnswerAsync(CallEndReason.StreamLost), Is.EqualTo(Resume));
        Assert.That(await AnswerAsync(CallEndReason.StreamLost), Is.EqualTo(Resume));
        Assert.That(await AnswerAsync(CallEndReason.StreamLost), Is.EqualTo(Apology));
    }

    [Test]
    public async Task A_call_that_had_a_place_has_one_for_its_next_stream_though_all_are_taken()
    {
        using var place = _board.Enter(TestNames.Call(1));

        Assert.That(await AnswerAsync(CallEndReason.StreamLost), Does.Contain("<Stream"));
        using var again = _board.Bring(_token);
        Assert.That(again?.CallSid, Is.EqualTo(TestNames.CallSid));
    }

    [Test]
    public async Task And_though_the_service_is_stopping()
    {
        _board.Calls.Draining = true;

        Assert.That(await AnswerAsync(CallEndReason.StreamStuck), Does.Contain("<Stream"));
        using var again = _board.Bring(_token);
        Assert.That(again?.CallSid, Is.EqualTo(TestNames.CallSid));
    }

    [Test]
    public async Task Behind_a_public_address_both_addresses_are_whole()
    {
        _twilio.PublicBaseUrl = new Uri("https://bridge.example:8443/voice/");
        var answer = XElement.Parse(await AnswerAsync(CallEndReason.StreamLost)).Element("Connect")!;

        Assert.That(answer.Attribute("action")!.Value, Is.EqualTo("https://bridge.example:8443/voice/stream-ended"));
        Assert.That(answer.Element("Stream")!.Attribute("url")!.Value, Is.EqualTo("wss://bridge.example:8443/voice/media-stream/…"));
    }

    [TestCase("")]
    [TestCase("two words")]
    public void A_question_that_does_not_say_where_it_came_to_promises_nothing(string host)
    {
        _outcomes.Begin(TestNames.CallSid);
        _outcomes.Record(TestNames.CallSid, CallEndReason.StreamLost, goodbyeHeard: false, []);

        Assert.That(() => AskAsync(Question with { RequestHost = host }), Throws.TypeOf<FluentValidation.ValidationException>());
        Assert.That(_board.Calls.Promised, Is.Zero);
    }

    [Test]
    public async Task Each_answer_is_one_line_with_the_reason_and_no_phone_number()
    {
        await AnswerAsync(CallEndReason.ModelBusy);

        var (level, text) = _logger.Lines().Single();
        Assert.That(level, Is.EqualTo(LogLevel.Information));
        Assert.That(text, Does.Contain(TestNames.CallSid).And.Contain("ModelBusy").And.Not.Contain("5005550006"));
    }

    [Test]
    public void A_question_without_a_calls_name_is_refused() =>
        Assert.That(new AnswerStreamEndedValidator().Validate(Question with { CallSid = "?" }).Errors.Select(e => e.PropertyName), Is.EqualTo(new[] { "CallSid" }));

    private Task<string> AnswerAsync(CallEndReason reason, bool goodbyeHeard = false)
    {
        _outcomes.Begin(TestNames.CallSid);
        _outcomes.Record(TestNames.CallSid, reason, goodbyeHeard, []);
        return AskAsync();
    }

    private async Task<string> AskAsync(AnswerStreamEnded? question = null)
    {
        const string Declaration = """<?xml version="1.0" encoding="UTF-8"?>""";
        var handler = new AnswerStreamEndedHandler(_outcomes, _board.Calls, SubstituteOptions.Of(_twilio), SubstituteOptions.Of(TestSettings.Assistant()), _logger);
        var answer = await handler.Handle(question ?? Question, CancellationToken.None);
        Assert.That((answer.Twiml.StartsWith(Declaration, StringComparison.Ordinal), answer.IsGone), Is.EqualTo((true, false)));
        _token = Token().Match(answer.Twiml).Value;
        return Token().Replace(answer.Twiml[Declaration.Length..], "…");
    }

    [GeneratedRegex("(?<=media-stream/)[^\"]+")]
    private static partial Regex Token();
}
