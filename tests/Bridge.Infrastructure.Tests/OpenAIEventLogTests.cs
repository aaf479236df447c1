using System.Text.Json;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Tests;

/// <summary>The events named in OPENAI_LOG_EVENT_TYPES, and what of them may be seen.</summary>
public sealed class OpenAIEventLogTests
{
    private const string Done =
        """
        {"type":"response.done","event_id":"event_1","response":{"id":"resp_1","status":"failed","status_details":{"error":{"code":"rate_limit_exceeded","message":"Later."}},
         "output":[{"id":"item_1","content":[{"type":"output_audio","transcript":"SECRET-SPEECH"}]},{"arguments":"{\"x\":\"SECRET-ARGUMENT\"}"}],
         "instructions":"SECRET-PROMPT","metadata":{"a":"SECRET-METADATA"},"tags":["SECRET-TAG"],"usage":{"total_tokens":42},"cached":true,"nothing":null}}
        """;

    private readonly TestLogger<OpenAIEventLogTests> _debug = new(LogLevel.Debug);

    [Test]
    public void A_named_event_is_logged_at_Debug_with_its_names_states_and_numbers()
    {
        Log("error,response.done", Done);

        var (level, text) = _debug.Entries.Single();
        Assert.That(level, Is.EqualTo(LogLevel.Debug));
        foreach (var shown in new[] { "response.done", "resp_1", "item_1", "failed", "rate_limit_exceeded", "42" })
            Assert.That(text, Does.Contain(shown));
    }

    [Test]
    public void Nothing_that_was_said_or_asked_is_in_it()
    {
        Log("response.done", Done);
        Log("session.updated", """{"type":"session.updated","session":{"instructions":"SECRET-PROMPT","id":"sess_1"}}""");
        Log("response.output_audio.delta", """{"type":"response.output_audio.delta","delta":"SECRET-AUDIO"}""");

        Assert.That(_debug.Entries, Has.Count.EqualTo(3));
        Assert.That(_debug.Entries.Select(e => e.Text), Has.None.Contains("SECRET"));
    }

    [Test]
    public void The_words_of_an_error_are_not_in_it_and_names_only_when_they_are_names()
    {
        Log("error", """{"type":"error","error":{"type":"invalid_request_error","code":"SECRET CODE","param":"session.x","message":"SECRET-WORDS","event_id":"c1.1"}}""");

        Assert.That(_debug.Entries.Single().Text, Does.Contain("invalid_request_error").And.Contain("session.x").And.Contain("c1.1").And.Not.Contain("SECRET"));
    }

    [Test]
    public void Only_at_Trace_is_it_logged_whole()
    {
        var trace = new TestLogger<OpenAIEventLogTests>();
        new OpenAIEventLog("response.done", trace).Received(Wire.Bytes(Done).Span);

        Assert.That(trace.Entries.Where(e => e.Text.Contains("SECRET")).Select(e => e.Level), Is.EqualTo(new[] { LogLevel.Trace }));
    }

    [TestCase("error")]
    [TestCase("response")]
    [TestCase("RESPONSE.DONE")]
    [TestCase("")]
    [TestCase(" , ,")]
    public void An_event_that_is_not_named_is_not_logged(string types)
    {
        Log(types, Done);

        Assert.That(_debug.Entries, Is.Empty);
    }

    [Test]
    public void Names_may_stand_between_blanks()
    {
        Log(" error , response.done ,, ", Done);

        Assert.That(_debug.Entries, Has.Count.EqualTo(1));
    }

    [Test]
    public void Above_Debug_nothing_is_logged()
    {
        var information = new TestLogger<OpenAIEventLogTests>(LogLevel.Information);
        new OpenAIEventLog("response.done", information).Received(Wire.Bytes(Done).Span);

        Assert.That(information.Entries, Is.Empty);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"type":1}""")]
    [TestCase("""{"type":"error","message":"\ud83d"}""")]
    [TestCase("""{"type":"error","transcript":"\ud83d"}""")]
    [TestCase("""{"type":"error","\ud83d":1}""")]
    [TestCase("""{"type":"\ud83d"}""")]
    public void What_cannot_be_shown_is_no_reason_to_fail(string message) => Assert.That(() => Log("error", message), Throws.Nothing);

    [Test]
    public void Reading_an_event_leaves_its_bytes_as_they_were()
    {
        var bytes = Wire.Bytes(Done);
        new OpenAIEventLog("response.done", _debug).Received(bytes.Span);

        Assert.That(Wire.Text(bytes.Span), Is.EqualTo(Done));
    }

    [Test]
    public void What_is_hidden_says_how_long_it_was()
    {
        using var document = JsonDocument.Parse("""{"type":"error","transcript":"12345"}""");

        Assert.That(OpenAIEventLog.WithoutSpeech(document.RootElement), Is.EqualTo("""{"type":"error","transcript":"(5 characters)"}"""));
    }

    private void Log(string types, string message) => new OpenAIEventLog(types, _debug).Received(Wire.Bytes(message).Span);
}
