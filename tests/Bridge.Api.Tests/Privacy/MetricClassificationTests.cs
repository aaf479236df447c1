using System.Reflection;
using System.Text.RegularExpressions;
using Bridge.Application.Bridging;
using Bridge.Simulator;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Privacy;

/// <summary>S28: every instrument and tag stands in <see cref="MetricTable"/>. What they say at run time is looked at when any bridge of a test is disposed of.</summary>
[CancelAfter(30_000)]
public sealed partial class MetricClassificationTests
{
    private static readonly List<SourceText.Line> Source = [.. SourceText.Lines()];

    private static List<SourceText.Line> Metrics => [.. Source.Where(l => Path.GetFileName(l.File) == "BridgeMetrics.cs")];

    [Test]
    public void Every_instrument_is_in_the_table_and_the_table_has_no_other() =>
        Assert.That(Metrics.SelectMany(l => Instrument().Matches(l.Text)).Select(m => m.Groups["name"].Value), Is.EquivalentTo(MetricTable.Ours.Keys));

    [Test]
    public void Every_tag_is_in_the_table_and_the_table_has_no_other() =>
        Assert.That(
            Metrics.SelectMany(l => Tag().Matches(l.Text)).Select(m => m.Groups["name"].Value).Distinct(),
            Is.EquivalentTo(MetricTable.Ours.Values.SelectMany(tags => tags.Keys).Distinct()));

    [Test]
    public void Instruments_are_made_and_fed_in_one_file_only() =>
        Assert.That(Source.Except(Metrics).Where(l => Regex.IsMatch(l.Text, @"\.Create(Counter|UpDownCounter|Histogram|Gauge|Observable\w+)\b|new Meter\(|TagList|KeyValuePair<string, object\?>\(|ActivitySource")), Is.Empty);

    [Test]
    public void Who_is_counted_is_a_name_of_a_list_or_one_of_our_own_words()
    {
        // A method that takes a text for a tag is only ever given a literal.
        var texts = typeof(BridgeMetrics).GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(m => m.GetParameters().Any(p => p.ParameterType == typeof(string))).Select(m => m.Name).ToList();
        Assert.That(texts, Is.EquivalentTo(new[] { "Raced", "SessionReplaced", "AdmissionClosed", "RecordingPlayed", "SessionConnected" }));
        var calls = Source.Except(Metrics).Where(l => texts.Any(t => Regex.IsMatch(l.Text, $@"metrics\.{t}\("))).Select(l => l.Text.Trim()).ToList();
        Assert.That(calls.Where(c => !LiteralCall().IsMatch(c)), Is.EquivalentTo(new[]
        {
            "_metrics.SessionConnected(took, provider, errorType: null);",
            "_metrics.SessionConnected(_time.GetElapsedTime(started), provider, failure.ErrorType);",
            "metrics.SessionReplaced(Interlocked.Exchange(ref _why, null) ?? \"lost\");",
            "metrics.AdmissionClosed(reason);",
        }), "look at what else these may be given, and at MetricTable");
    }

    [Test]
    public async Task A_whole_call_is_counted_with_classified_tags_only(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Tones(1000), Answers = [] });
        await using (var caller = await bridge.CallAsync())
        {
            var session = await bridge.Model.NextConversationAsync(cancel);
            await caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel);
            await ConversationTests.InterruptAfterAsync(500, caller, session, cancel);
            await session.WaitForAsync("conversation.item.truncate", 1, cancel);
            await caller.HangUpAsync(cancel);
            await bridge.Logs.WaitForAsync("Call ended");
        }

        var seen = bridge.Canaries.Measured.ToList();
        Assert.That(seen, Has.Member(("bridge.calls.ended", "reason", "CallerHungUp")));
        Assert.That(seen.Select(s => s.Instrument), Has.Member("bridge.session.connect.duration").And.Member("http.server.request.duration"));
        Assert.That(bridge.Canaries.Leaks(bridge.Model), Is.Empty);
    }

    [TestCase("Bridge", "bridge.new", "", "")]
    [TestCase("Bridge", "bridge.calls.ended", "call_sid", "CallerHungUp")]
    [TestCase("Bridge", "bridge.calls.ended", "reason", "CA0123456789abcdef0123456789abcdef")]
    [TestCase("Bridge", "bridge.session.connect.duration", "error.type", "Incorrect API key provided")]
    [TestCase("Microsoft.AspNetCore.Hosting", "http.server.request.duration", "url.path", "/media-stream/v1")]
    [TestCase("Microsoft.AspNetCore.Hosting", "http.server.request.duration", "http.route", "/new")]
    public void What_stands_in_no_table_is_found(string meter, string instrument, string tag, string value) =>
        Assert.That(MetricTable.FaultOf(meter, instrument, tag, value), Is.Not.Null);

    [GeneratedRegex("""meter\.Create\w+<\w+>\("(?<name>[^"]+)"(?:[^"]|"[^"]*")*\)""")]
    private static partial Regex Instrument();

    [GeneratedRegex("""(?:KeyValuePair<string, object\?>\(|\{ |tags\.Add\()"(?<name>[^"]+)",""")]
    private static partial Regex Tag();

    [GeneratedRegex("""metrics\.\w+\("[a-z_]+"\);""")]
    private static partial Regex LiteralCall();
}
