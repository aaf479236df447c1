using Bridge.Domain.Playback;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Infrastructure.Tests;

/// <summary>Messages as Twilio documents them, with values as they were captured.</summary>
public sealed class TwilioMessageTests
{
    private const string Connected = """{"event":"connected","protocol":"Call","version":"1.0.0"}""";

    private const string Start =
        """
        {"event":"start","sequenceNumber":"1","start":{"accountSid":"AC0123456789abcdef0123456789abcdef","streamSid":"MZ0123456789abcdef0123456789abcdef","callSid":"CA0123456789abcdef0123456789abcdef","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"From":"+15005550006","Note":"a \"b\" é"}},"streamSid":"MZ0123456789abcdef0123456789abcdef"}
        """;

    private const string Media =
        """{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"102","payload":"f/9//w=="},"streamSid":"MZ0123456789abcdef0123456789abcdef"}""";

    private const string Dtmf = """{"event":"dtmf","streamSid":"MZ0123456789abcdef0123456789abcdef","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}""";

    private const string MarkBack = """{"event":"mark","sequenceNumber":"4","streamSid":"MZ0123456789abcdef0123456789abcdef","mark":{"name":"g3m17"}}""";

    private const string Stop =
        """{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC0123456789abcdef0123456789abcdef","callSid":"CA0123456789abcdef0123456789abcdef"},"streamSid":"MZ0123456789abcdef0123456789abcdef"}""";

    public static IEnumerable<string> Documented => [Connected, Start, Media, Dtmf, MarkBack, Stop];

    [TestCase(Connected, nameof(TwilioMessageKind.Connected))]
    [TestCase(Start, nameof(TwilioMessageKind.Start))]
    [TestCase(Media, nameof(TwilioMessageKind.Media))]
    [TestCase(Dtmf, nameof(TwilioMessageKind.Dtmf))]
    [TestCase(MarkBack, nameof(TwilioMessageKind.Mark))]
    [TestCase(Stop, nameof(TwilioMessageKind.Stop))]
    public void Each_documented_message_is_known(string message, string kind) => Assert.That(Read(message).Kind.ToString(), Is.EqualTo(kind));

    [Test]
    public void A_frames_audio_and_time_are_read()
    {
        var message = Read(Media);

        Assert.That(message.TimestampMs, Is.EqualTo(102));
        Assert.That(message.Audio.ToArray(), Is.EqualTo(new byte[] { 0x7F, 0xFF, 0x7F, 0xFF }));
    }

    [Test]
    public void A_full_frame_is_160_bytes()
    {
        var audio = Enumerable.Range(0, 160).Select(i => (byte)(i * 37)).ToArray();

        Assert.That(Read(Media.Replace("f/9//w==", Convert.ToBase64String(audio))).Audio.ToArray(), Is.EqualTo(audio));
    }

    [Test]
    public void What_start_says_is_read()
    {
        var start = Read(Start).Start!;

        Assert.That((start.CallSid, start.StreamSid, start.AccountSid), Is.EqualTo((Wire.CallSid, Wire.StreamSid, "AC0123456789abcdef0123456789abcdef")));
        Assert.That((start.Encoding, start.SampleRate, start.Channels), Is.EqualTo(("audio/x-mulaw", 8000L, 1L)));
        Assert.That(start.Parameters, Is.EquivalentTo(new Dictionary<string, string> { ["From"] = "+15005550006", ["Note"] = "a \"b\" é" }));
    }

    [Test]
    public void A_mark_of_ours_is_read_and_any_other_is_none() =>
        Assert.That((Read(MarkBack).Mark, Read(MarkBack.Replace("g3m17", "responsePart")).Mark), Is.EqualTo(((Mark?)new Mark(3, 17), (Mark?)null)));

    [TestCaseSource(nameof(Documented))]
    public void Fields_may_come_in_any_order(string message)
    {
        var (straight, reversed) = (Read(message), Read(Wire.Reversed(message)));

        Assert.That(reversed.Audio.ToArray(), Is.EqualTo(straight.Audio.ToArray()));
        Assert.That((reversed.Kind, reversed.TimestampMs, reversed.Mark), Is.EqualTo((straight.Kind, straight.TimestampMs, straight.Mark)));
        Assert.That(reversed.Start?.Parameters, Is.EqualTo(straight.Start?.Parameters));
    }

    [TestCase("\"102\"", 102L)]
    [TestCase("102", 102L)]
    [TestCase("\"0\"", 0L)]
    [TestCase("\"999999999999\"", 999999999999L)]
    [TestCase("\"-1\"", null)]
    [TestCase("-1", null)]
    [TestCase("1.5", null)]
    [TestCase("\"12x\"", null)]
    [TestCase("\"\"", null)]
    [TestCase("null", null)]
    [TestCase("{\"a\":[1]}", null)]
    [TestCase("99999999999999999999", null)]
    public void A_counter_is_a_string_or_a_number_and_audio_is_kept_when_it_is_neither(string timestamp, long? read)
    {
        var message = Read(Media.Replace("\"102\"", timestamp));

        Assert.That((message.Kind, message.TimestampMs, message.Audio.Length), Is.EqualTo((TwilioMessageKind.Media, read, 4)));
    }

    [Test]
    public void A_frame_without_a_time_is_audio_all_the_same() =>
        Assert.That(Read(Media.Replace("\"timestamp\":\"102\",", "")).Audio.Length, Is.EqualTo(4));

    [Test]
    public void Numbers_of_start_may_be_strings()
    {
        var start = Read(Start.Replace("8000", "\"8000\"").Replace("\"channels\":1", "\"channels\":\"1\"")).Start!;

        Assert.That((start.SampleRate, start.Channels), Is.EqualTo((8000L, 1L)));
    }

    [TestCase("f\\/9\\/\\/w==", TestName = "A_payloads_slashes_may_be_escaped")]
    [TestCase("f\\u002F9\\u002f\\/w\\u003D\\u003d", TestName = "A_payloads_characters_may_be_escaped_by_number")]
    public void Escaped(string payload) =>
        Assert.That(Read(Media.Replace("f/9//w==", payload)).Audio.ToArray(), Is.EqualTo(new byte[] { 0x7F, 0xFF, 0x7F, 0xFF }));

    [TestCase("""{"event":"hologram","streamSid":"MZ"}""")]
    [TestCase("""{"streamSid":"MZ"}""")]
    [TestCase("""{"event":null}""")]
    [TestCase("""{"event":["media"]}""")]
    [TestCase("""{"event":"media"}""")]
    [TestCase("""{"event":"media","media":{"track":"inbound"}}""")]
    [TestCase("""{"event":"media","media":{"track":"inbound","payload":"!!!!"}}""")]
    [TestCase("""{"event":"media","media":{"track":"inbound","payload":"f/9"}}""")]
    [TestCase("""{"event":"media","media":{"track":"outbound","payload":"f/9//w=="}}""")]
    [TestCase("""{"event":"start"}""")]
    [TestCase("{}")]
    public void What_is_no_message_of_Twilios_is_unknown(string message) => Assert.That(Read(message).Kind, Is.EqualTo(TwilioMessageKind.Unknown));

    [TestCase("")]
    [TestCase("media")]
    [TestCase("[]")]
    [TestCase("\"media\"")]
    [TestCase("null")]
    [TestCase("""{"event":"stop"}}""")]
    [TestCase("""{"event":"stop"} {"event":"stop"}""")]
    [TestCase("""{"event":"stop",}""")]
    [TestCase("""{'event':'stop'}""")]
    [TestCase("""{"event":"stop" /* now */}""")]
    public void What_is_no_JSON_object_is_malformed(string message) => Assert.That(Read(message).Kind, Is.EqualTo(TwilioMessageKind.Malformed));

    [TestCaseSource(nameof(Documented))]
    public void A_message_cut_short_is_malformed(string message) =>
        Assert.That(Wire.CutShort(message.Trim()).Select(m => Read(m).Kind), Has.All.EqualTo(TwilioMessageKind.Malformed));

    [TestCaseSource(nameof(Documented))]
    public void Whatever_is_wrong_with_a_value_nothing_is_thrown(string message)
    {
        foreach (var wrong in Wire.WithEveryValueWrong(message))
            Assert.That(() => Read(wrong), Throws.Nothing, wrong);
        foreach (var damaged in Wire.Damaged(message, 3000))
            Assert.That(() => TwilioMessageReader.Read(damaged), Throws.Nothing, Convert.ToHexString(damaged));
    }

    [Test]
    public void Nesting_without_end_is_malformed() =>
        Assert.That(Read("{\"event\":\"stop\",\"x\":" + new string('[', 5000) + new string(']', 5000) + "}").Kind, Is.EqualTo(TwilioMessageKind.Malformed));

    [TestCase(14, nameof(TwilioMessageKind.Stop))]
    [TestCase(15, nameof(TwilioMessageKind.Stop))]
    [TestCase(16, nameof(TwilioMessageKind.Malformed))]
    public void A_message_is_sixteen_deep_at_the_most(int arrays, string kind) =>
        Assert.That(Read($$"""{"event":"stop","x":{{new string('[', arrays)}}{{new string(']', arrays)}}}""").Kind.ToString(), Is.EqualTo(kind));

    [TestCase("hologram", "hologram")]
    [TestCase("Twilio.v2_event-1", "Twilio.v2_event-1")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", null)]
    [TestCase("two words", null)]
    [TestCase("h\\u006flogram", null)]
    [TestCase("<b>", null)]
    [TestCase("media", null)]
    public void The_name_of_an_unknown_event_is_read_as_far_as_it_can_be_shown(string written, string? name) =>
        Assert.That(Read($$"""{"event":"{{written}}"}""").Name, Is.EqualTo(name));

    [Test]
    public void A_parameter_that_is_no_text_is_left_out() =>
        Assert.That(Read(Start.Replace("\"+15005550006\"", "{\"a\":[1]}")).Start!.Parameters.Keys, Is.EqualTo(new[] { "Note" }));

    [Test]
    public void A_parameters_value_that_is_not_UTF8_makes_the_message_malformed()
    {
        var bytes = Wire.Bytes(Start);
        bytes.Span[Start.IndexOf("+1500", StringComparison.Ordinal)] = 0xFF;

        Assert.That(TwilioMessageReader.Read(bytes).Kind, Is.EqualTo(TwilioMessageKind.Malformed));
    }

    private static TwilioMessage Read(string message) => TwilioMessageReader.Read(Wire.Bytes(message));
}
