using Bridge.Simulator;
using Bridge.Simulator.Model;
using Serilog.Events;

namespace Bridge.Api.Tests;

/// <summary>What the log says of a call, and what it never says.</summary>
[CancelAfter(30_000)]
public sealed class LogTests
{
    [Test]
    public async Task A_call_tells_its_life_at_information_each_line_with_both_sids(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(1000), Answers = [] });
        string callSid, streamSid;
        await using (var caller = await bridge.CallAsync())
        {
            (callSid, streamSid) = (caller.CallSid, caller.StreamSid);
            var session = await bridge.Model.NextConversationAsync(cancel);
            await caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel);
            await ConversationTests.InterruptAfterAsync(500, caller, session, cancel);
            await session.WaitForAsync("conversation.item.truncate", 1, cancel);
            await caller.HangUpAsync(cancel);
            // A caller that is put away resets its connection, and what was not read yet is gone with it.
            await bridge.Logs.WaitForAsync("Call ended: CallerHungUp after");
        }

        var life = bridge.Logs.Events.Where(e => e.Level == LogEventLevel.Information && e.Properties.ContainsKey("StreamSid")).ToList();
        foreach (var said in new[] { "Incoming stream started", "Session ready", "Greeting asked for", "Interrupted", "Call ended: CallerHungUp" })
        {
            var line = life.Single(e => e.RenderMessage(null).StartsWith(said, StringComparison.Ordinal));
            Assert.That(line.Properties["CallSid"].ToString(), Is.EqualTo($"\"{callSid}\""));
            Assert.That(line.Properties["StreamSid"].ToString(), Is.EqualTo($"\"{streamSid}\""));
        }
    }

    [TestCase("on", 1)]
    [TestCase("off", 0)]
    public async Task The_truncation_arithmetic_is_shown_when_asked_for(string shown, int lines, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(
            new() { Greeting = ModelAnswer.Tones(1000), Answers = [] }, new() { ["LOG_LEVEL"] = "debug", ["OPENAI_SHOW_TIMING_MATH"] = shown });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel);
        await ConversationTests.InterruptAfterAsync(500, caller, session, cancel);
        await bridge.Logs.WaitForAsync("Interrupted");

        Assert.That(bridge.Logs.Lines.Count(l => l.Contains("sent 1000 ms - unheard", StringComparison.Ordinal)), Is.EqualTo(lines));
    }

    [Test]
    public async Task Events_named_in_the_setting_are_logged_at_debug_and_no_others(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(
            new() { Greeting = ModelAnswer.Tones(200) }, new() { ["LOG_LEVEL"] = "debug", ["OPENAI_LOG_EVENT_TYPES"] = "response.done , session.updated" });
        await using var caller = await bridge.CallAsync();
        await bridge.Logs.WaitForAsync("Model event response.done");

        var types = bridge.Logs.Lines.Where(l => l.Contains("Model event", StringComparison.Ordinal)).ToList();
        Assert.That(types, Has.Count.EqualTo(2));
        Assert.That(types, Is.All.StartsWith("Debug"));
    }

    [Test]
    public async Task No_speech_prompt_number_or_key_is_logged_above_trace(CancellationToken cancel)
    {
        const string Canary = "canary";
        await using var bridge = await BridgeHost.StartAsync(
            new() { Greeting = ModelAnswer.Clips("greeting") },
            new() { ["LOG_LEVEL"] = "debug", ["OPENAI_SYSTEM_PROMPT"] = $"You are a {Canary}.", ["OPENAI_API_KEY"] = $"{Canary}-key", ["OPENAI_LOG_EVENT_TYPES"] = "response.done,session.updated,response.output_audio_transcript.delta,response.output_audio_transcript.done" });
        await using (var caller = await bridge.CallAsync(o => o with { From = "+15559871234", To = "+15553219876" }))
        {
            await bridge.Logs.WaitForAsync("Model event response.done");
            await caller.HangUpAsync(cancel);
        }

        await bridge.Logs.WaitForAsync("Call ended");
        var all = string.Join('\n', bridge.Logs.Lines);
        Assert.That(all, Does.Contain("Model event session.updated"));
        foreach (var secret in new[] { Canary, "15559871234", "15553219876", Speech.Transcript("greeting") })
            Assert.That(all, Does.Not.Contain(secret));
    }
}
