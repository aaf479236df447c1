using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>The caller's frames go to the model some at a time, and none waits for ever, gets lost or is heard twice.</summary>
public sealed class UplinkBatchTests
{
    private CallRig _rig = null!;

    [SetUp]
    public void SetUp() => _rig = Rig("60");

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [TestCase("40", 2)]
    [TestCase("60", 3)]
    [TestCase("100", 5)]
    public async Task A_batch_goes_with_its_last_frame(string setting, int frames)
    {
        Use(setting);
        _rig.Start();
        await SpeakAsync(0, frames - 1);
        Assert.That(_rig.Model.Appended, Is.Empty);

        await SpeakAsync(frames - 1, 100 * frames);
        Assert.That(_rig.Model.Appended, Is.All.EqualTo($"{160 * frames} voice").And.Exactly(100).Items, "also when the watch looked");
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Numbers(0, 100 * frames)));
    }

    [Test]
    public async Task Silence_that_fills_a_gap_counts_as_audio()
    {
        _rig.Start();
        await FrameAsync(1);
        await FrameAsync(4);
        await FrameAsync(5);

        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(new[] { 1, 0xFF, 0xFF }), "one frame, two that are missing");
        await FrameAsync(6);
        Assert.That(_rig.Model.Appended, Is.EqualTo(new[] { "480 voice", "480 voice" }));
    }

    [Test]
    public async Task A_long_gap_goes_by_itself_behind_what_was_gathered_before_it()
    {
        _rig.Start();
        await SpeakAsync(0, 3);
        await FrameAsync(3);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(200));
        await _rig.Twilio.FrameAsync((3 * 20) + 20 + 200, 9);

        Assert.That(_rig.Model.Appended, Is.EqualTo(new[] { "480 voice", "160 voice", "1600 silence" }));
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Numbers(0, 4).Concat(Enumerable.Repeat(0xFF, 10))));
    }

    [Test]
    public async Task When_frames_stop_what_was_gathered_is_sent_within_350_ms()
    {
        _rig.Start();
        await SpeakAsync(0, 2);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(75));
        Assert.That(_rig.Model.Appended, Is.Empty);

        await PassAsync(350 - 75 - 20);
        await CallRig.UntilAsync(() => _rig.Model.Appended is ["320 voice"], "sent on");
    }

    [TestCase(1_000)]
    [TestCase(20)]
    public async Task The_silence_that_ends_a_sentence_follows_what_was_gathered_at_once(int silenceMs)
    {
        Use("100", o => (o.CallerAudio.InactivityMs, o.CallerAudio.InactivitySilenceMs) = (60, silenceMs));
        _rig.Start();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await SpeakAsync(0, 2);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(60));

        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Numbers(0, 2).Concat(Enumerable.Repeat(0xFF, silenceMs / 20))));
    }

    [Test]
    public async Task An_interruption_does_not_wait_for_the_batch()
    {
        _rig.Start();
        await FrameAsync(0);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 4000);
        await SpeakAsync(1, 2);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await SpeakAsync(2, 3);

        Assert.That(_rig.Log.Entries.TakeLast(3), Is.EqualTo(new[] { "twilio clear", "model truncate item_1.0 at 20", "model append 480" }));
    }

    [Test]
    public async Task A_hang_up_drops_it()
    {
        _rig.Start();
        await SpeakAsync(0, 5);
        await _rig.Twilio.StopAsync();

        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Numbers(0, 3)));
    }

    [Test]
    public async Task When_the_session_is_lost_the_next_one_hears_it_first()
    {
        var second = _rig.Next("second");
        _rig.Start();
        await SpeakAsync(0, 5);
        _rig.Model.Ends();
        await second.ReadyAsync();
        await SpeakAsync(5, 12);

        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Numbers(0, 3)));
        Assert.That(second.HeardFrames(), Is.EqualTo(Numbers(3, 12)));
    }

    [Test]
    public async Task While_there_is_no_session_it_waits_with_what_comes_after_it()
    {
        var opening = _rig.Mediator.HoldNext();
        _rig.Start();
        await SpeakAsync(0, 4);
        _rig.Model.Ends();
        await CallRig.UntilAsync(() => _rig.Mediator.Requests.Count == 2, "another session is asked for");
        await SpeakAsync(4, 10);
        var second = new ScriptedModel(_rig.Log, "second");
        opening.SetResult(second);
        await second.ReadyAsync();
        await SpeakAsync(10, 13);

        Assert.That(second.HeardFrames(), Is.EqualTo(Numbers(3, 13)));
        Assert.That(second.Appended, Is.EqualTo(new[] { $"{7 * 160} voice", "480 voice" }));
    }

    [Test]
    public async Task A_socket_that_is_stuck_gets_each_once_and_in_order()
    {
        _rig.Start();
        _rig.Model.Stuck = true;
        await SpeakAsync(0, 20);
        Assert.That(_rig.Model.Appended, Is.EqualTo(new[] { "480 voice" }), "one append is under way, and no second one");

        _rig.Model.TakesAgain();
        await SpeakAsync(20, 24);
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Numbers(0, 23)), "what waited, and a batch");
    }

    [Test]
    public async Task Batches_come_and_go_with_the_load_and_nothing_is_lost_between_them()
    {
        Use("auto");
        _rig.Start();
        await SpeakAsync(0, 2);
        _rig.Processor.Pass(_rig.Time, 20, load: 0.9);
        await AtOnceAsync(2, 6);
        _rig.Processor.Pass(_rig.Time, 0.01, load: 0);
        Assert.That(_rig.Model.Appended, Is.EqualTo(new[] { "160 voice", "160 voice", "480 voice" }), "and one was gathered");

        await AtOnceAsync(6, 7);
        _rig.Model.Stuck = true;
        await AtOnceAsync(7, 9);
        _rig.Model.TakesAgain();
        _rig.Processor.Pass(_rig.Time, 20, load: 0.1);
        await AtOnceAsync(9, 12);

        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Numbers(0, 12)));
        Assert.That(_rig.Model.Appended.TakeLast(2), Is.EqualTo(new[] { "160 voice", "160 voice" }));
    }

    private static CallRig Rig(string setting, Action<BridgeOptions>? configure = null) => new(o =>
    {
        CallRig.Endless(o);
        o.CallerAudio.UplinkBatchMs = setting;
        configure?.Invoke(o);
    });

    private static IEnumerable<int> Numbers(int from, int to) => Enumerable.Range(from, to - from).Select(f => f % 251);

    private void Use(string setting, Action<BridgeOptions>? configure = null)
    {
        _rig.Dispose();
        _rig = Rig(setting, configure);
    }

    private async Task SpeakAsync(int from, int to)
    {
        for (var frame = from; frame < to; frame++)
            await FrameAsync(frame);
    }

    /// <summary>Frames without a time of their own, in no time.</summary>
    private async Task AtOnceAsync(int from, int to)
    {
        for (var frame = from; frame < to; frame++)
            await _rig.Twilio.FrameAsync(null, (byte)frame);
    }

    private Task FrameAsync(int frame) => _rig.FrameAtAsync(frame * 20, (byte)(frame % 251));

    private async Task PassAsync(int milliseconds)
    {
        for (var left = milliseconds; left > 0; left -= 5)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }
    }
}
