using System.Xml.Linq;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using FluentValidation;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

public sealed class AnswerIncomingCallTests
{
    private const string Other = "CA0123456789abcdef0123456789abcdee";

    private static readonly AnswerIncomingCall Call = new(TestNames.CallSid, "+15005550006", "+15005550009", "inbound", "bridge.example", "");

    private readonly TwilioOptions _twilio = new() { IntroVoice = "Polly.Joanna", IntroText = "One moment.", ApologyText = "Sorry." };
    private readonly BridgeOptions _bridge = new() { MaxConcurrentCalls = 1 };
    private readonly ILogger<AnswerIncomingCallHandler> _logger = SubstituteLogger.Of<AnswerIncomingCallHandler>();
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

    [Test]
    public async Task A_call_is_answered_with_intro_pause_and_stream_and_nothing_after_it()
    {
        var answer = await AnswerAsync(Call);
        var expected = XElement.Parse(
            $"""
            <Response>
              <Say voice="Polly.Joanna">One moment.</Say>
              <Pause length="1"/>
              <Connect action="/stream-ended">
                <Stream url="wss://bridge.example/media-stream/{_board.Promise().Token}">
                  <Parameter name="From" value="+15005550006"/>
                  <Parameter name="To" value="+15005550009"/>
                  <Parameter name="Direction" value="inbound"/>
                </Stream>
              </Connect>
            </Response>
            """);

        Assert.That(XNode.DeepEquals(answer, expected), Is.True);
    }

    [TestCase("https://bridge.example", "wss://bridge.example/media-stream")]
    [TestCase("https://bridge.example/", "wss://bridge.example/media-stream")]
    [TestCase("https://bridge.example:8443", "wss://bridge.example:8443/media-stream")]
    [TestCase("https://bridge.example:8443/voice/", "wss://bridge.example:8443/voice/media-stream")]
    [TestCase("https://bridge.example/a/b", "wss://bridge.example/a/b/media-stream")]
    [TestCase("https://Bridge.Example:443/Voice", "wss://Bridge.Example:443/Voice/media-stream")]
    [TestCase(" https://bridge.example ", "wss://bridge.example/media-stream")]
    [TestCase("http://localhost:8000", "wss://localhost:8000/media-stream")]
    [TestCase("http://[::1]:8000", "wss://[::1]:8000/media-stream")]
    public async Task The_stream_is_at_the_public_address_as_it_is_typed_with_its_port_and_path(string publicBase, string url)
    {
        _twilio.PublicBaseUrl = new Uri(publicBase);

        Assert.That(Url(await AnswerAsync(Call)), Is.EqualTo(url));
    }

    [TestCase("tunnel.example:8000", "", "wss://tunnel.example:8000/media-stream")]
    [TestCase("tunnel.example", "/voice", "wss://tunnel.example/voice/media-stream")]
    [TestCase("tunnel.example", "/voice/", "wss://tunnel.example/voice/media-stream")]
    [TestCase("[::1]:8000", "", "wss://[::1]:8000/media-stream")]
    public async Task Without_a_public_address_the_stream_is_where_the_request_came_to(string host, string path, string url) =>
        Assert.That(Url(await AnswerAsync(Call with { RequestHost = host, RequestPathBase = path })), Is.EqualTo(url));

    [Test]
    public async Task A_public_address_wins_whatever_the_request_says_of_itself()
    {
        _twilio.PublicBaseUrl = new Uri("https://bridge.example/voice");

        Assert.That(Url(await AnswerAsync(Call with { RequestHost = "not a host", RequestPathBase = "/x" })), Is.EqualTo("wss://bridge.example/voice/media-stream"));
    }

    [TestCase("")]
    [TestCase("two words")]
    [TestCase("host:port")]
    [TestCase("bridge.example@elsewhere.example")]
    public async Task A_request_that_does_not_say_where_it_came_to_gets_no_stream_to_nowhere(string host)
    {
        var refused = await Assert.ThrowsAsync<ValidationException>(() => AnswerAsync(Call with { RequestHost = host }));

        Assert.That(refused!.Message, Does.Contain("PUBLIC_BASE_URL"));
        Assert.That(Calls.Promised, Is.Zero, "a place is held for nobody");
    }

    [TestCase("off")]
    [TestCase("OFF")]
    [TestCase("")]
    public async Task With_the_intro_off_there_is_neither_sentence_nor_pause(string text)
    {
        _twilio.IntroText = text;

        Assert.That(Verbs(await AnswerAsync(Call)), Is.EqualTo(new[] { "Connect" }));
    }

    [Test]
    public async Task Facts_that_are_missing_are_not_handed_on()
    {
        var answer = await AnswerAsync(Call with { From = null, To = "" });

        Assert.That(answer.Descendants("Parameter").Select(p => p.Attribute("name")!.Value), Is.EqualTo(new[] { "Direction" }));
    }

    [Test]
    public async Task What_a_caller_sends_stays_text()
    {
        const string From = "\"><Hangup/><x y='&amp;";
        var answer = await AnswerAsync(Call with { From = From });

        Assert.That(answer.Descendants("Parameter").First().Attribute("value")!.Value, Is.EqualTo(From));
        Assert.That(Verbs(answer), Is.EqualTo(new[] { "Say", "Pause", "Connect" }));
    }

    [Test]
    public async Task A_full_service_turns_the_call_away_busy()
    {
        using var place = _board.Enter(Other);

        AssertBusy(await AnswerAsync(Call));
    }

    [Test]
    public async Task A_draining_service_turns_the_call_away_busy()
    {
        Calls.Draining = true;

        AssertBusy(await AnswerAsync(Call));
    }

    [Test]
    public async Task Answering_promises_a_place_which_the_media_stream_takes()
    {
        await AnswerAsync(Call);

        Assert.That((Calls.Active, Calls.Promised, Calls.HasRoom), Is.EqualTo((0, 1, false)));
    }

    [Test]
    public async Task Each_answer_is_one_line_with_theCalls_name_and_no_phone_number()
    {
        await AnswerAsync(Call);
        await AnswerAsync(Call with { CallSid = Other });

        Assert.That(_logger.Lines().Select(l => l.Level), Is.EqualTo(new[] { LogLevel.Information, LogLevel.Warning }));
        Assert.That(_logger.Lines().Select(l => l.Text), Has.All.Contains("CA0123456789abcdef0123456789abcde"));
        Assert.That(_logger.Lines().Select(l => l.Text), Has.None.Contains("5005550006").And.None.Contains("5005550009"));
    }

    private async Task<XElement> AnswerAsync(AnswerIncomingCall call) =>
        XElement.Parse((await new AnswerIncomingCallHandler(Calls, _circuit, new BridgeMetrics(_board.Metrics), SubstituteOptions.Of(_twilio), SubstituteOptions.Of(TestSettings.Assistant()), _logger).Handle(call, CancellationToken.None)).Twiml);

    private static void AssertBusy(XElement answer) =>
        Assert.That(XNode.DeepEquals(answer, XElement.Parse("""<Response><Reject reason="busy"/></Response>""")), Is.True);

    /// <summary>The stream's address without its token, which is the call's.</summary>
    private string Url(XElement answer)
    {
        var url = answer.Element("Connect")!.Element("Stream")!.Attribute("url")!.Value;
        var end = url.LastIndexOf('/');
        Assert.That(_board.Tokens.Prove(url[(end + 1)..], out _)?.CallSid, Is.EqualTo(TestNames.CallSid), "the token");
        return url[..end];
    }

    private static IEnumerable<string> Verbs(XElement answer) => answer.Elements().Select(e => e.Name.LocalName);
}
