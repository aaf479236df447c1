using Bridge.Application.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>Two hundred calls at once.</summary>
[CancelAfter(120_000)]
public sealed class ManyCallsTests
{
    private const int Calls = 200;

    /// <summary>What tells the frames of the callers from each other, and from the model's.</summary>
    private const int FirstLine = 0x8000;

    [Test]
    public async Task Every_caller_hears_its_own_assistant_one_more_is_busy_and_losing_some_harms_none(CancellationToken cancel)
    {
        var tones = Enumerable.Range(0, Calls).Select(i => DialFault.With(o => o with { Greeting = Tone(200 + (5 * i), 400) }));
        await using var bridge = await BridgeHost.StartAsync(
            new() { Dials = [.. tones], Answers = [] }, new() { ["MAX_CONCURRENT_CALLS"] = $"{Calls}", ["TWILIO_INTRO_TEXT"] = "off" }, BridgeHost.Patient);
        await using var crowd = new CallCrowd(bridge, cancel);
        await crowd.DialAsync(Calls, (_, options) => options with { ActionAfterAbruptEnd = false });
        await Task.WhenAll(crowd.Callers.Select(caller => caller.WaitForMediaAsync(Pcmu.Samples(400), cancel)));
        var said = crowd.Callers.Select((caller, i) => caller.SpeakAsync(CallerStamp.Quiet(20, line: FirstLine + i))).ToList();

        await using (var oneMore = await bridge.CallAsync())
            Assert.That((await oneMore.CallEnded, oneMore.Streams), Is.EqualTo((CallEnding.Rejected, 0)));

        await crowd.PassAsync(TimeSpan.FromMilliseconds(500));
        await Task.WhenAll(said);
        var sessions = bridge.Model.Conversations.ToDictionary(session => CallerOf(session) - FirstLine);
        Assert.That(sessions.Keys.Order(), Is.EqualTo(Enumerable.Range(0, Calls)), "every model hears its own caller, and that one alone");

        // One caller's connection breaks, and one model's: in that one's place comes another, and the other calls notice neither.
        crowd.Callers[0].Abort();
        await sessions[0].Closed.WaitAsync(cancel);
        await sessions[1].DieByResetAsync();
        sessions[1] = await ReplacementAsync(bridge, cancel);
        await Task.WhenAll(Enumerable.Range(1, Calls - 1).Select(i => sessions[i].RespondAsync(Tone(200 + (5 * i), 600))));
        await Task.WhenAll(crowd.Callers.Skip(1).Select(caller => caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel)));
        await crowd.PassAsync(TimeSpan.FromMilliseconds(700));

        for (var i = 1; i < Calls; i++)
        {
            var playout = crowd.Callers[i].Playout;
            var own = bridge.Model.Conversations.Where(session => session == sessions[i] || (i == 1 && CallerOf(session) == FirstLine + 1)).SelectMany(session => session.Ledger).ToList();
            Assert.That(playout.Items.Select(item => (item.Item, item.HeardMs)), Is.EqualTo(own.Select(item => (item.Ordinal, item.GeneratedMs))), $"call {i}");
            Assert.That(playout.BlocksCorrupt + playout.BlocksOutOfOrder + crowd.Callers[i].Violations.Count, Is.Zero, $"call {i}");
        }

        Assert.That(bridge.Services.GetRequiredService<CallRegistry>().Active, Is.EqualTo(Calls - 1));
        Assert.That(FaultCall.ReasonsIn(bridge), Is.EqualTo(new[] { "StreamLost" }));
    }

    [Test]
    public async Task A_stream_that_has_not_said_whose_it_is_takes_one_place_and_not_two(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Answers = [] }, new() { ["MAX_CONCURRENT_CALLS"] = "2", ["TWILIO_INTRO_TEXT"] = "off" });
        await using var first = await bridge.CallAsync(options => options with { SendStart = false });
        await using var second = await bridge.CallAsync();
        Assert.That(second.Twiml.Kind, Is.EqualTo(TwimlKind.Connect));
        await bridge.Model.NextConversationAsync(cancel);

        await using var third = await bridge.CallAsync();
        Assert.That(await third.CallEnded, Is.EqualTo(CallEnding.Rejected));
        await first.SendStartAsync(cancel);
        await bridge.Model.NextConversationAsync(cancel);
    }

    /// <summary>Whose frames a session was sent; the only ones.</summary>
    private static int CallerOf(FakeConversation session)
    {
        var lines = new HashSet<int>();
        var audio = session.Record.Audio();
        for (var at = 0; audio.Length - at >= Watermark.BlockSamples; at += Watermark.BlockSamples)
        {
            if (Watermark.TryRead(audio.AsSpan(at), out var mark))
                lines.Add(mark.Ordinal);
        }

        return lines.Count == 1 ? lines.Single() : -1;
    }

    private static async Task<FakeConversation> ReplacementAsync(BridgeHost bridge, CancellationToken cancel)
    {
        await bridge.Model.WaitUntilAsync(model => model.Conversations.Count == Calls + 1, cancel);
        await bridge.Logs.WaitForAsync("took its place");
        return bridge.Model.Conversations[^1];
    }

    private static ModelAnswer Tone(double hertz, int milliseconds) => new([new AnswerItem(Speech.Tone(milliseconds, hertz), "A tone.")]);
}
