using Bridge.Application.Abstractions;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>UPLINK_BATCH_MS, from the caller's frames to the appends that the model gets.</summary>
[CancelAfter(30_000)]
public sealed class UplinkBatchTests
{
    private static readonly FakeModelOptions Silent = new() { Greeting = ModelAnswer.Tones(100), Answers = [] };

    [TestCase("20", 1)]
    [TestCase("40", 2)]
    [TestCase("60", 3)]
    [TestCase("100", 5)]
    [TestCase("AUTO", 1)]
    public async Task The_model_hears_every_sample_in_order_in_so_many_frames_at_once(string setting, int frames, CancellationToken cancel)
    {
        await using var bridge = await StartAsync(setting, Silent);
        await using var caller = await bridge.CallAsync();
        var session = await ReadyAsync(bridge, caller, cancel);
        var before = session.Record.Appends.Count;
        await SpeakAsync(caller, frames: 20 * frames, cancel);

        Assert.That(Sizes(session).Skip(before), Is.EqualTo(Enumerable.Repeat(160L * frames, 20)));
        Assert.That(session.Record.Audio(), Is.EqualTo(caller.Record.SentAudio()));
        Assert.That((session.Violations, session.Errors.Count), Is.EqualTo((Array.Empty<string>(), 0)));
    }

    [Test]
    public async Task A_conversation_with_an_interruption_goes_on_as_ever(CancellationToken cancel)
    {
        await using var bridge = await StartAsync("100", new() { Greeting = ModelAnswer.Tones(4000), Answers = [ModelAnswer.Tones(300)] });
        await using var caller = await bridge.CallAsync();
        var session = await ReadyAsync(bridge, caller, cancel);
        var said = caller.SpeakAsync(Speech.Tone(600));
        await caller.StepAsync(100, cancel);
        await said;
        await caller.SettleAsync(cancel);

        Assert.That(caller.Clears, Has.Count.EqualTo(1));
        Assert.That(session.Received.Count(e => e.Type == "conversation.item.truncate"), Is.EqualTo(1));
        Assert.That(session.Record.Sent.Count(s => s == "response.done"), Is.EqualTo(2), "the greeting, and the answer");
        Assert.That((session.Violations, session.Errors.Count, caller.Violations), Is.EqualTo((Array.Empty<string>(), 0, Array.Empty<string>())));
    }

    [Test]
    public async Task What_was_gathered_is_heard_soon_when_the_line_falls_silent(CancellationToken cancel)
    {
        await using var bridge = await StartAsync("100", Silent);
        await using var caller = await bridge.CallAsync();
        var session = await ReadyAsync(bridge, caller, cancel);
        await SpeakAsync(caller, frames: 7, cancel);
        var missing = caller.Record.SentBytes - session.Record.AudioBytes;
        Assert.That(missing, Is.EqualTo(2 * 160));

        caller.GoSilent();
        await caller.PassAsync(TimeSpan.FromMilliseconds(350), cancel);
        await session.WaitForAudioAsync(caller.Record.SentBytes, cancel);
        Assert.That(session.Record.Audio(), Is.EqualTo(caller.Record.SentAudio()));
    }

    [Test]
    public async Task What_was_gathered_for_a_session_that_is_lost_is_heard_first_by_the_next(CancellationToken cancel)
    {
        await using var bridge = await StartAsync("100", Silent);
        await using var caller = await bridge.CallAsync();
        var first = await ReadyAsync(bridge, caller, cancel);
        await SpeakAsync(caller, frames: 9, cancel);
        Assert.That(first.Record.AudioBytes, Is.EqualTo(caller.Record.SentBytes - (4 * 160)));

        await first.DieByResetAsync();
        var second = await bridge.Model.NextConversationAsync(cancel);
        caller.KeepStepWith(second);
        await second.WaitUntilAsync(static s => s.IsConfigured, cancel);
        await SpeakAsync(caller, frames: 16, cancel);

        Assert.That(first.Record.Audio().Concat(second.Record.Audio()), Is.EqualTo(caller.Record.SentAudio()));
    }

    [Test]
    public async Task Auto_gathers_while_the_processor_is_busy_and_no_longer(CancellationToken cancel)
    {
        var processor = new Processor();
        await using var bridge = await StartAsync("auto", Silent, processor);
        await using var caller = await bridge.CallAsync();
        var session = await ReadyAsync(bridge, caller, cancel);
        await WhileAsync(0.9, "busy");
        var busy = session.Record.Appends.Count;
        await SpeakAsync(caller, frames: 30, cancel);
        Assert.That(Sizes(session).Skip(busy), Is.EqualTo(Enumerable.Repeat(480L, 10)));

        await WhileAsync(0.1, "calm");
        var calm = session.Record.Appends.Count;
        await SpeakAsync(caller, frames: 10, cancel);
        Assert.That(Sizes(session).Skip(calm), Is.EqualTo(Enumerable.Repeat(160L, 10)));
        Assert.That(session.Record.Audio(), Is.EqualTo(caller.Record.SentAudio()));

        async Task WhileAsync(double load, string word)
        {
            processor.Load = load;
            // Whole batches: they begin to be counted from here on.
            for (var i = 0; i < 20 && !bridge.Logs.Events.Any(e => LogRecord.Text(e).StartsWith($"The processor is {word}", StringComparison.Ordinal)); i++)
                await SpeakAsync(caller, frames: 50, cancel);
            Assert.That(bridge.Logs.Events.Count(e => LogRecord.Text(e).StartsWith($"The processor is {word}", StringComparison.Ordinal)), Is.EqualTo(1));
            await caller.StepUntilAsync(() => session.Record.AudioBytes == caller.Record.SentBytes, 10, cancel);
        }
    }

    [TestCase("30")]
    [TestCase("0")]
    [TestCase("often")]
    public void Another_value_stops_the_start(string value) =>
        Assert.That(async () => await StartAsync(value, Silent), Throws.Exception.With.Message.Contains("UPLINK_BATCH_MS must be one of: 20 (each frame by itself), 40, 60, 100, auto."));

    private static Task<BridgeHost> StartAsync(string setting, FakeModelOptions model, Processor? processor = null) => BridgeHost.StartAsync(
        model,
        new() { ["UPLINK_BATCH_MS"] = setting, ["TWILIO_INTRO_TEXT"] = "off" },
        builder =>
        {
            BridgeHost.Patient(builder);
            if (processor is not null)
                builder.Services.AddSingleton<IProcessorTime>(provider => processor.On(provider.GetRequiredService<TimeProvider>()));
        });

    private static async Task<FakeConversation> ReadyAsync(BridgeHost bridge, FakeCaller caller, CancellationToken cancel)
    {
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(100), cancel);
        caller.KeepStepWith(session);
        // Until all that was sent was heard: a batch begins with the next frame.
        await caller.StepUntilAsync(() => session.Record.AudioBytes > 0 && session.Record.AudioBytes == caller.Record.SentBytes, cancellationToken: cancel);
        return session;
    }

    /// <summary>Frames of which no two are alike, and all of them quiet.</summary>
    private static async Task SpeakAsync(FakeCaller caller, int frames, CancellationToken cancel)
    {
        _ = caller.SpeakAsync(CallerStamp.Quiet(frames, line: 1 + (int)(caller.Record.SentBytes / 160)));
        await caller.StepAsync(frames, cancel);
        await caller.SettleAsync(cancel);
    }

    private static IEnumerable<long> Sizes(FakeConversation session)
    {
        var totals = session.Record.Appends.Select(a => a.TotalBytes).ToList();
        return totals.Zip(totals.Prepend(0), (now, before) => now - before);
    }

    /// <summary>As busy as the test says, in the test's time.</summary>
    private sealed class Processor : IProcessorTime
    {
        private TimeProvider _time = TimeProvider.System;
        private long _last;
        private TimeSpan _used;

        public double Load { get; set; }

        public double Cores => 2;

        public TimeSpan Used
        {
            get
            {
                _used += _time.GetElapsedTime(_last) * Load * Cores;
                _last = _time.GetTimestamp();
                return _used;
            }
        }

        public Processor On(TimeProvider time)
        {
            (_time, _last) = (time, time.GetTimestamp());
            return this;
        }
    }
}
