using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Commands;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Privacy;

/// <summary>E11: what the real program writes on its console, with all that it says but Trace.</summary>
[CancelAfter(120_000)]
public sealed class CanaryProcessTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["LOG_LEVEL"] = "debug",
        ["OPENAI_API_KEY"] = CanaryWatch.ApiKey,
        ["TWILIO_AUTH_TOKEN"] = CanaryWatch.AuthToken,
        ["STREAM_TOKEN_KEYS"] = CanaryWatch.StreamTokenKey,
        ["OPENAI_SYSTEM_PROMPT"] = "You are the confidential assistant of Messrs Canary.",
        ["CALLER_CONTEXT"] = "on",
        ["OPENAI_SHOW_TIMING_MATH"] = "on",
    };

    private static readonly Canaries Hidden = new(
        [.. Variables.Select(v => (v.Key, v.Value)), .. CanaryWatch.Caller.Select(c => (c.Key, c.Value)), ("From", "+4915123456789"), ("To", "+493098765432"), ("words", "It is a secret that the greeting tells")]);

    [Test, Category("E11")]
    public async Task A_call_and_a_refusal_leave_nothing_on_the_console(CancellationToken cancel)
    {
        await using var model = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Greeting = new([new AnswerItem(Simulator.Speech.Tone(400), "It is a secret that the greeting tells")]) }, cancellationToken: cancel);
        await using var bridge = await BridgeProcess.StartAsync(model.Url, Variables, verbose: false, cancel);
        await using (var caller = await FakeCaller.DialAsync(bridge.Caller with { From = "+4915123456789", To = "+493098765432", Form = CanaryWatch.Caller }, cancel))
        {
            await caller.WaitForMediaAsync(Simulator.Pcmu.Samples(400), cancel);
            await bridge.SaysAsync("Model event response.done", cancel);
            await caller.HangUpAsync(cancel);
            await caller.CallEnded.WaitAsync(cancel);
        }

        var overheard = await OverheardCall.PlaceAsync(bridge.Caller with { From = "+4915123456789", Form = CanaryWatch.Caller }, cancel);
        foreach (var request in new[] { overheard.Webhook.Without(TwilioSignature.Header), overheard.Handshake.Without(TwilioSignature.Header), RawRequest.Handshake(overheard.PublicUrl, overheard.StreamPath + "x") })
            Assert.That((await request.AskAsync(bridge.Url, cancel))?.Status, Is.EqualTo(403));
        await bridge.SignalAsync("TERM");
        await bridge.SignalAsync("TERM");
        await bridge.Exited.WaitAsync(cancel);

        Assert.That(bridge.Output, Does.Contain("Bridge is ready").And.Contain("Session ready").And.Contain("Call ended").And.Contain("Model event response.done").And.Contain("Refused"));
        foreach (var line in bridge.Lines)
            Assert.That(Hidden.FindIn(line) ?? Patterns.SecretIn(line) ?? Patterns.PersonalIn(line), Is.Null, line);
    }

    [Test, Category("E11")]
    public async Task A_start_that_fails_names_the_variables_and_not_their_values(CancellationToken cancel)
    {
        await using var bridge = BridgeProcess.Launch(
            new Uri("ws://127.0.0.1:9/v1/realtime"),
            new Dictionary<string, string>(Variables) { ["OPENAI_API_KEY"] = CanaryWatch.ApiKey + " x", ["TWILIO_AUTH_TOKEN"] = CanaryWatch.AuthToken + " x", ["STREAM_TOKEN_KEYS"] = CanaryWatch.StreamTokenKey + ",x" },
            verbose: false);
        Assert.That(await bridge.Exited.WaitAsync(cancel), Is.EqualTo(78));

        Assert.That(bridge.Output, Does.Contain("OPENAI_API_KEY").And.Contain("TWILIO_AUTH_TOKEN").And.Contain("STREAM_TOKEN_KEYS"));
        Assert.That(Hidden.FindIn(bridge.Output), Is.Null);
        Assert.That(bridge.Output, Does.Not.Contain("   at "), "a stack");
    }
}
