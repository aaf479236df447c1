using System.Text;
using System.Xml.Linq;
using Bridge.Application.IncomingCalls;

namespace Bridge.Application.Tests;

public sealed class TwimlDocumentTests
{
    [Test]
    public void A_document_says_that_it_is_UTF8_and_is()
    {
        var document = TwimlDocument.SayAndHangUp("Polly.Vicki", "Grüße & 👋 <tags>");
        var parsed = XDocument.Load(new MemoryStream(Encoding.UTF8.GetBytes(document)));

        Assert.That(document, Does.StartWith("""<?xml version="1.0" encoding="UTF-8"?>"""));
        Assert.That(parsed.Root!.Element("Say")!.Value, Is.EqualTo("Grüße & 👋 <tags>"));
    }

    [Test]
    public void An_apology_is_said_and_then_hung_up() =>
        Assert.That(
            TwimlDocument.SayAndHangUp("V", "Sorry."),
            Is.EqualTo("""<?xml version="1.0" encoding="UTF-8"?><Response><Say voice="V">Sorry.</Say><Hangup /></Response>"""));

    [Test]
    public void A_stream_without_intro_or_facts_is_as_short_as_it_can_be() =>
        Assert.That(
            TwimlDocument.ConnectStream("wss://h/media-stream", "/stream-ended", [], "V", null),
            Is.EqualTo("""<?xml version="1.0" encoding="UTF-8"?><Response><Connect action="/stream-ended"><Stream url="wss://h/media-stream" /></Connect></Response>"""));

    [Test]
    public void A_call_turned_away_hears_busy() =>
        Assert.That(TwimlDocument.RejectBusy(), Is.EqualTo("""<?xml version="1.0" encoding="UTF-8"?><Response><Reject reason="busy" /></Response>"""));

    [TestCase("", true)]
    [TestCase("Grüße\t\r\n", true)]
    [TestCase("\u0000", false)]
    [TestCase("\u001b", false)]
    [TestCase("\uffff", false)]
    public void What_XML_cannot_hold_cannot_be_said(string text, bool can) => Assert.That(TwimlDocument.CanSay(text), Is.EqualTo(can));

    [TestCase(true, 0xD83D, 0xDC4B)]
    [TestCase(false, 0xD83D)]
    [TestCase(false, 0xDC4B, 0xD83D)]
    [TestCase(false, 0x61, 0xD83D, 0x62)]
    public void Half_a_character_cannot_be_said(bool can, params int[] characters) =>
        Assert.That(TwimlDocument.CanSay(string.Concat(characters.Select(c => (char)c))), Is.EqualTo(can));
}
