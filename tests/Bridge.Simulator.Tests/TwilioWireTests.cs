using System.Text.Json;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

internal sealed class TwilioWireTests
{
    private const string Sid = "MZ0123";

    [Test]
    public void Counters_and_timestamps_are_texts_and_the_format_has_numbers()
    {
        var wire = new TwilioWire(Sid);
        var start = JsonDocument.Parse(wire.Start("AC1", "CA1", new Dictionary<string, string> { ["from"] = "+1" })).RootElement;
        var media = JsonDocument.Parse(wire.Media(120, Pcmu.Quiet(160))).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(start.GetProperty("sequenceNumber").GetString(), Is.EqualTo("1"));
            Assert.That(start.GetProperty("start").GetProperty("mediaFormat").GetProperty("sampleRate").GetInt32(), Is.EqualTo(8000));
            Assert.That(start.GetProperty("start").GetProperty("customParameters").GetProperty("from").GetString(), Is.EqualTo("+1"));
            Assert.That(media.GetProperty("sequenceNumber").GetString(), Is.EqualTo("2"));
            Assert.That(media.GetProperty("media").GetProperty("chunk").GetString(), Is.EqualTo("1"));
            Assert.That(media.GetProperty("media").GetProperty("timestamp").GetString(), Is.EqualTo("120"));
            Assert.That(media.GetProperty("media").GetProperty("payload").GetString(), Has.Length.EqualTo(216));
        });
    }

    [Test]
    public void Spelling_can_be_unusual_and_still_mean_the_same()
    {
        var wire = new TwilioWire(Sid, new TwilioSpelling { EscapeSlashes = true, NumericCounters = true });
        var text = wire.Media(140, Pcmu.Quiet(160));
        var media = JsonDocument.Parse(text).RootElement.GetProperty("media");
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain("\\/\\/"));
            Assert.That(media.GetProperty("payload").GetBytesFromBase64(), Is.EqualTo(Pcmu.Quiet(160)));
            Assert.That(media.GetProperty("timestamp").GetInt32(), Is.EqualTo(140));
        });
    }

    [TestCase("""{"event":"media","streamSid":"MZ0123","media":{"payload":"/w=="}}""", BridgeMessageKind.Media)]
    [TestCase("""{"event":"mark","streamSid":"MZ0123","mark":{"name":"m"}}""", BridgeMessageKind.Mark)]
    [TestCase("""{"event":"clear","streamSid":"MZ0123"}""", BridgeMessageKind.Clear)]
    public void What_the_documentation_shows_is_read(string text, BridgeMessageKind kind)
    {
        var message = BridgeMessage.Parse(text, Sid, out var violation);
        Assert.That(violation, Is.Null);
        Assert.That(message!.Kind, Is.EqualTo(kind));
    }

    [TestCase("{", "not JSON")]
    [TestCase("[]", "no text 'event'")]
    [TestCase("""{"event":"stop","streamSid":"MZ0123"}""", "unknown event")]
    [TestCase("""{"event":"clear","streamSid":"MZ9"}""", "not this stream's")]
    [TestCase("""{"event":"clear"}""", "no text 'streamSid'")]
    [TestCase("""{"event":"clear","streamSid":"MZ0123","x":1}""", "unexpected field 'x'")]
    [TestCase("""{"event":"clear","streamSid":"MZ0123","streamSid":"MZ0123"}""", "unexpected field 'streamSid'")]
    [TestCase("""{"event":"mark","streamSid":"MZ0123"}""", "without its body")]
    [TestCase("""{"event":"mark","streamSid":"MZ0123","mark":{"name":1}}""", "no text 'name'")]
    [TestCase("""{"event":"media","streamSid":"MZ0123","media":{"payload":"/w==","track":"outbound"}}""", "unexpected field 'track'")]
    [TestCase("""{"event":"media","streamSid":"MZ0123","media":{"payload":"%%"}}""", "not base64")]
    [TestCase("""{"event":"media","streamSid":"MZ0123","media":{"payload":""}}""", "empty")]
    public void Anything_else_is_a_violation_with_its_reason(string text, string reason)
    {
        Assert.That(BridgeMessage.Parse(text, Sid, out var violation), Is.Null);
        Assert.That(violation, Does.StartWith("31951").And.Contains(reason));
    }
}
