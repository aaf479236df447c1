using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

internal sealed class TwimlAnswerTests
{
    [Test]
    public void The_stream_its_parameters_and_what_stands_round_it_are_read()
    {
        var answer = Parse(StandInBridge.ConnectTwiml);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Kind, Is.EqualTo(TwimlKind.Connect));
            Assert.That(answer.StreamUrl, Is.EqualTo(new Uri("wss://public.example/media-stream")));
            Assert.That(answer.Parameters, Is.EqualTo(new Dictionary<string, string> { ["from"] = "+1" }));
            Assert.That(answer.Before.Select(verb => verb.Text), Is.EqualTo(new[] { "Hi" }));
            Assert.That(answer.After.Select(verb => verb.Name), Is.EqualTo(new[] { "Hangup" }));
        });
    }

    [TestCase("<Response><Reject reason=\"busy\"/></Response>", TwimlKind.Reject)]
    [TestCase("<Response><Say>Sorry</Say><Hangup/></Response>", TwimlKind.Hangup)]
    public void A_call_can_be_turned_away(string xml, TwimlKind kind) => Assert.That(Parse(xml).Kind, Is.EqualTo(kind));

    [TestCase("<Response>", "12100")]
    [TestCase("\n<Response/>", "12100")]
    [TestCase("<response/>", "12200")]
    [TestCase("<Response><Speak/></Response>", "12200")]
    [TestCase("<Response><Say tone=\"x\">Hi</Say><Hangup/></Response>", "12200")]
    [TestCase("<Response><Connect/></Response>", "12200")]
    [TestCase("<Response><Connect><Stream url=\"ws://x/y\"/></Connect></Response>", "31922")]
    [TestCase("<Response><Connect><Stream url=\"wss://x/y?a=b\"/></Connect></Response>", "31920")]
    [TestCase("<Response><Connect><Stream url=\"wss://x/y\"><Parameter name=\"n\"/></Stream></Connect></Response>", "12200")]
    [TestCase("<Response><Say>Bye</Say></Response>", "neither")]
    public void What_Twilio_would_not_run_or_warn_about_is_refused(string xml, string reason) =>
        Assert.That(() => Parse(xml), Throws.TypeOf<TwimlException>().With.Message.Contains(reason));

    [Test]
    public void The_wrong_content_type_or_no_length_is_refused()
    {
        const string Xml = "<Response><Reject/></Response>";
        Assert.That(() => TwimlAnswer.Parse("text/html", 10, Xml), Throws.TypeOf<TwimlException>().With.Message.Contains("12300"));
        Assert.That(() => TwimlAnswer.Parse("text/xml", null, Xml), Throws.TypeOf<TwimlException>().With.Message.Contains("Content-Length"));
    }

    private static TwimlAnswer Parse(string xml) => TwimlAnswer.Parse("text/xml", xml.Length, xml);
}
