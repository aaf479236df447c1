using System.Text;
using System.Text.Json;
using Bridge.Application.IncomingCalls;
using Bridge.Simulator.Caller;

namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>Text from outside comes out of a TwiML document, and out of what a model is told, as the text it was; or it never gets in.</summary>
[Category("Fuzz")]
public sealed class TwimlFuzzTests
{
    private const string CallSid = Wire.CallSid;
    private const string Stream = "wss://bridge.example.com/media-stream/v1.abc.def.ghi";
    private const string Action = "https://bridge.example.com/stream-ended";

    private static readonly AnswerIncomingCallValidator Validator = new();

    private int _taken;
    private int _refused;

    [Test]
    public void What_a_caller_chose_stays_text()
    {
        FuzzRun.Over(random => new FuzzSource(random, FuzzCorpus.Of("twiml"), 2_000).Next, input => Read(Text(input)));

        Assert.That(_taken, Is.GreaterThan(FuzzRun.Inputs / 10), "what is all refused proves nothing about what is not");
        Assert.That(_refused, Is.GreaterThan(FuzzRun.Inputs / 10));
    }

    private void Read(string text)
    {
        var request = new AnswerIncomingCall(CallSid, text, text, text, "bridge.example.com", "")
        {
            Circumstances = new Dictionary<string, string> { ["CallerName"] = text, ["FromCity"] = text, [text] = text },
        };
        var valid = Validator.Validate(request);
        FuzzRun.Check(valid.Errors.TrueForAll(e => text.Length < 12 || !e.ErrorMessage.Contains(text)), "the message repeats the value");
        FuzzRun.Check(valid.IsValid == (text.Length <= 400 && !text.Any(char.IsControl) && TwimlDocument.CanSay(text)), "the validator thinks otherwise");
        if (valid.IsValid)
            AssertSame(request, text);
        else
            AssertHarmless(request);
        (_taken, _refused) = (_taken + (valid.IsValid ? 1 : 0), _refused + (valid.IsValid ? 0 : 1));
    }

    /// <summary>What is let through comes out of the document as it went in.</summary>
    private static void AssertSame(AnswerIncomingCall request, string text)
    {
        var answer = Parse(TwimlDocument.ConnectStream(Stream, Action, CallerFacts.Of(request, all: true), text, text));
        foreach (var name in new[] { "From", "To", "Direction" })
            FuzzRun.Check(text.Length == 0 ? !answer.Parameters.ContainsKey(name) : answer.Parameters[name] == text, $"{name} is another text");
        FuzzRun.Check((answer.Kind, answer.StreamUrlAsWritten, answer.Action) == (TwimlKind.Connect, Stream, Action), "the stream is another");
        // A sentence of nothing but spaces is none, to whoever reads XML.
        FuzzRun.Check(answer.Before.Single(v => v.Name == "Say").Text == (text.Trim([' ']).Length == 0 ? "" : text), "another sentence");
        FuzzRun.Check(answer.Before.Single(v => v.Name == "Say").Attributes["voice"] == text, "another voice");
        FuzzRun.Check(Parse(TwimlDocument.Dial("alice", text, "+15005550006")).Kind == TwimlKind.Dial, "no dial");
        FuzzRun.Check(Parse(TwimlDocument.SayAndHangUp("alice", text)).Kind == TwimlKind.Hangup, "no end");
        AssertModelText(new Dictionary<string, string> { ["From"] = text, ["CallerName"] = text });
        AssertParameters(answer.Parameters);
    }

    /// <summary>What is not looked at by the validator is made harmless where it is used.</summary>
    private static void AssertHarmless(AnswerIncomingCall request)
    {
        var answer = Parse(TwimlDocument.ConnectStream(Stream, Action, CallerFacts.Of(request with { From = null, To = null, Direction = null }, all: true), "alice", null));
        AssertParameters(answer.Parameters);
        AssertModelText(request.Circumstances);
    }

    private static void AssertParameters(IReadOnlyDictionary<string, string> parameters)
    {
        FuzzRun.Check(parameters.Keys.All(k => k is "From" or "To" or "Direction" or "CallerName" or "FromCity"), "a parameter of the caller's own");
        FuzzRun.Check(parameters.Where(p => p.Key is "CallerName" or "FromCity").All(p => p.Value.Length <= 100 && !p.Value.Any(char.IsControl)), "a fact that is long, or of several lines");
        AssertModelText(parameters);
    }

    /// <summary>One line, a label and one object of JSON, out of which nothing gets.</summary>
    private static void AssertModelText(IReadOnlyDictionary<string, string> parameters)
    {
        if (CallerFacts.ForModel(parameters) is not { } told)
            return;
        FuzzRun.Check(!told.Any(char.IsControl) && told.Length < 5_000, "lines of its own");
        var label = told.IndexOf("] {", StringComparison.Ordinal) + 2;
        using var facts = JsonDocument.Parse(told[label..]);
        FuzzRun.Check(facts.RootElement.EnumerateObject().All(f => parameters.ContainsKey(f.Name) && f.Value.ValueKind == JsonValueKind.String && f.Value.GetString()!.Length <= 100), "a fact of its own");
    }

    private static TwimlAnswer Parse(string twiml) => TwimlAnswer.Parse("text/xml", Encoding.UTF8.GetByteCount(twiml), twiml);

    /// <summary>Half as a form gives it, half as anything a string can hold: halves of pairs, too.</summary>
    private static string Text(byte[] input) => input.Length % 2 == 0
        ? Encoding.UTF8.GetString(input)
        : string.Concat(input.Chunk(2).Select(b => b.Length == 2 && b[0] >= 0xD8 ? (char)(0xD800 | (b[1] << 3)) : b.Length == 2 && b[0] < 0x10 ? (char)((b[0] << 8) | b[1]) : (char)b[0]));
}
