using Bridge.Simulator;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Privacy;

/// <summary>E11: what a model says of errors may repeat a prompt, a key, a caller's words. It stands in no log above Trace, and the caller does not hear it.</summary>
[CancelAfter(60_000)]
public sealed class CanaryModelTests
{
    /// <summary>OpenAI masks a key that it does not know.</summary>
    private const string Key = "Incorrect API key provided: sk-canar**********9c51. The caller said: my password is swordfish.";

    [Test, Category("E11")]
    public async Task An_errors_sentence_is_for_trace_only([Values("an_identifier", "No identifier: the caller said swordfish", "12:00:00 ERR\nforged")] string code, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Tones(200), Answers = [] });
        Hide(bridge, "swordfish and custard", "No identifier: the caller said swordfish");
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(200), cancel);
        await session.SendErrorAsync(new RealtimeError(code, "The caller said swordfish and custard.", code, code, code));
        var line = await bridge.Logs.WaitForAsync("The model reports an error");

        Assert.That(LogRecord.Text(line), Does.Contain(code == "an_identifier" ? code : "(no identifier)"));
        Assert.That(bridge.Logs.Events.Where(LogText.IsSensitive).Select(LogText.All), Has.Some.Contains("swordfish and custard"), "whoever wants it has Trace");
    }

    [Test, Category("E11")]
    public async Task A_failed_responses_sentence_too(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Failed("insufficient_quota", "The caller said swordfish and custard"), Answers = [] });
        Hide(bridge, "swordfish and custard");
        await using var caller = await bridge.CallAsync();
        await bridge.Logs.WaitForAsync("Call ended: ModelRefused");
    }

    [TestCase("session_expired")]
    [TestCase("invalid_api_key")]
    [TestCase("The caller said swordfish and custard")]
    [Category("E11")]
    public async Task An_error_before_the_session_is_ready_too(string code, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { CreatedError = new RealtimeError(code, Key, "The caller said swordfish and custard") });
        Hide(bridge, "swordfish and custard", Key);
        await using var caller = await bridge.CallAsync();
        await bridge.Logs.WaitForAsync("Call ended");

        Assert.That(caller.Twiml.Xml, Does.Not.Contain("swordfish"));
        Assert.That(caller.Sentences.Select(s => s.Text), Has.None.Contains("swordfish"));
    }

    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(418)]
    [TestCase(429)]
    [TestCase(503)]
    [Category("E11")]
    public async Task A_refused_dial_repeats_neither_the_key_nor_the_answer(int status, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { RefuseWith = status, RefusalBody = $$$"""{"error":{"message":"{{{Key}}}","code":"swordfish and custard"}}""" });
        Hide(bridge, "swordfish and custard", Key);
        await using var caller = await bridge.CallAsync();
        await bridge.Logs.WaitForAsync("Call ended");

        Assert.That(bridge.Model.Dials[0].Headers["Authorization"], Is.EqualTo($"Bearer {CanaryWatch.ApiKey}"), "it was there to be repeated");
        Assert.That(bridge.Model.Dials.Select(d => d.Query), Has.None.Contains(CanaryWatch.ApiKey));
    }

    [TestCase(1000)]
    [TestCase(1008)]
    [TestCase(4000)]
    [Category("E11")]
    public async Task What_a_close_frame_says_is_not_repeated(int status, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Tones(200), Answers = [] });
        Hide(bridge, "swordfish and custard");
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(200), cancel);
        await session.DieAsync(status, "The caller said swordfish and custard");
        await bridge.Logs.WaitForAsync("The model closed its socket");
    }

    [Test, Category("E11")]
    public async Task A_session_that_is_what_nobody_asked_for_is_not_quoted(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(new() { Greeting = ModelAnswer.Tones(200), BeforeCreated = Never, BeforeUpdated = Never });
        Hide(bridge, "swordfish and custard");
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        const string Words = "The caller said swordfish and custard";
        await session.SendRawAsync($$$"""{"type":"session.created","event_id":"{{{Words}}}","session":{"id":"{{{Words}}}","model":"{{{Words}}}"}}""");
        await session.WaitForAsync("session.update", 1, cancel);
        await session.SendRawAsync("""{"type":"session.updated","session":{"id":"WORDS","audio":{"input":{"format":{"type":"WORDS"}},"output":{"format":{"type":"WORDS"}}}}}""".Replace("WORDS", Words, StringComparison.Ordinal));
        await bridge.Logs.WaitForAsync("did not take audio/pcmu");
    }

    private static Task Never(CancellationToken cancel) => Task.Delay(Timeout.Infinite, cancel);

    private static void Hide(BridgeHost bridge, params string[] words)
    {
        foreach (var text in words)
            bridge.Canaries.AddPersonal("the model's words", text);
    }
}
