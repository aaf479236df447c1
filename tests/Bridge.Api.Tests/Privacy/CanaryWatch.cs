using System.Reflection;
using Bridge.Application.Options;
using Bridge.Simulator.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Tests.Privacy;

/// <summary>
/// Watches the sinks of one bridge, whatever a test does with it: what is secret stands in no log line and no metric, what is
/// personal only in <c>…Sensitive</c> lines at Trace. So every end-to-end test is a canary test.
/// </summary>
internal sealed class CanaryWatch : IDisposable
{
    /// <summary>What every call of a test says of its caller, unless the test says something else.</summary>
    public static readonly IReadOnlyDictionary<string, string> Caller = new Dictionary<string, string>
    {
        ["CallerName"] = "Philippa Canary-Songbird", ["FromCity"] = "CANARYVILLE-ON-SEA", ["FromState"] = "WESTCANARIA", ["FromZip"] = "CANARY-90210",
    };

    /// <summary>A key of each kind, for tests that want none in particular.</summary>
    public const string ApiKey = "sk-canary-0penA1-7f3e9c51";

    public const string AuthToken = "canarytw1l10auth0token0a41b6";

    public const string StreamTokenKey = "canary-stream-token-key-5d0c8e72b19f4a63";

    private readonly LogRecord _logs;
    private readonly MetricRecord _metrics;
    private readonly List<(string Name, string Text)> _secrets;
    private readonly List<(string Name, string Text)> _personal;

    public CanaryWatch(IServiceProvider services, LogRecord logs, IReadOnlyDictionary<string, string> variables)
    {
        (_logs, _metrics) = (logs, new MetricRecord(services));
        _secrets = [.. from name in new[] { "OPENAI_API_KEY", "TWILIO_AUTH_TOKEN", "STREAM_TOKEN_KEYS" }
                       from part in variables.GetValueOrDefault(name, "").Split(',', StringSplitOptions.TrimEntries)
                       select (name, part)];
        var prompts = services.GetRequiredService<IOptions<AssistantOptions>>().Value;
        _personal = [.. Caller.Select(c => (c.Key, c.Value)),
                     .. from property in typeof(AssistantOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                        where property.PropertyType == typeof(string)
                        select (property.Name, (string?)property.GetValue(prompts) ?? "")];
    }

    /// <summary>More that must not come out: what a test makes up. It is handed back.</summary>
    public string AddPersonal(string name, string? text = null)
    {
        text ??= $"A canary sits in {name} and sings";
        _personal.Add((name, text));
        return text;
    }

    /// <summary>What was measured.</summary>
    public IEnumerable<(string Instrument, string Tag, string Value)> Measured => _metrics.Seen;

    /// <summary>The canary, of any kind, that a text holds; null for none.</summary>
    public string? FindIn(string text) => new Canaries([.. _secrets, .. _personal]).FindIn(text) ?? Patterns.SecretIn(text) ?? Patterns.PersonalIn(text);

    /// <summary>What leaked so far, a line each; the first few.</summary>
    public IReadOnlyList<string> Leaks(FakeRealtimeServer? model) => [.. AllLeaks(model).Distinct().Take(10)];

    private List<string> AllLeaks(FakeRealtimeServer? model)
    {
        var secrets = new Canaries(_secrets);
        var personal = new Canaries([.. _personal, .. model is null ? [] : WordsOf(model)]);
        var found = _metrics.Strange(text => secrets.FindIn(text) ?? personal.FindIn(text)).ToList();
        foreach (var e in _logs.Events)
        {
            var text = LogText.All(e);
            if ((secrets.FindIn(text) ?? Patterns.SecretIn(text)) is { } secret)
                found.Add($"{secret}, in {LogText.Show(e)}");
            else if (!LogText.IsSensitive(e) && (personal.FindIn(text) ?? Patterns.PersonalIn(text)) is { } word)
                found.Add($"{word}, in {LogText.Show(e)}");
            found.AddRange(LogText.Unclassified(e).Select(name => $"a property that stands in no table, {name}, in {LogText.Show(e)}"));
            if (e.RenderMessage(null).Any(char.IsControl))
                found.Add($"a control character, in {LogText.Show(e)}");
        }

        return found;
    }

    public void Dispose() => _metrics.Dispose();

    /// <summary>What was said in its conversations, by either side, and what the model says of errors.</summary>
    private static IEnumerable<(string Name, string Text)> WordsOf(FakeRealtimeServer model)
    {
        foreach (var session in model.Conversations)
        {
            foreach (var item in session.Items)
                yield return ("words of a conversation", item.Text ?? "");
            foreach (var item in session.Ledger)
                yield return ("the assistant's words", item.Transcript);
            foreach (var words in session.Options.Transcripts)
                yield return ("the caller's words", words.Text);
            foreach (var error in session.Errors)
                yield return ("the model's sentence about an error", error.Message);
        }

        yield return ("the body of a refusal", model.Options.RefusalBody ?? "");
    }
}
