using Bridge.Application.Abstractions;

namespace Bridge.Application.Tests;

/// <summary>The caller's frames stop in the middle of a sentence: the model would wait for its end for ever.</summary>
public sealed class InactivityPaddingTests
{
    private const int Second = 8000;

    private readonly CallRig _rig = new(CallRig.Endless);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task After_750_ms_without_a_frame_a_second_of_silence_is_appended_once()
    {
        await SpeakAsync();
        Pass(749);
        Assert.That(Silence(), Is.Empty);

        Pass(1);
        Assert.That(Silence(), Is.EqualTo(new[] { Second }));
        Pass(60_000);
        Assert.That(Silence(), Is.EqualTo(new[] { Second }));
    }

    [Test]
    public async Task A_frame_puts_it_off()
    {
        await SpeakAsync();
        Pass(700);
        await _rig.Twilio.FrameAsync(null);
        Pass(749);
        Assert.That(Silence(), Is.Empty);

        Pass(1);
        Assert.That(Silence(), Is.EqualTo(new[] { Second }));
    }

    [Test]
    public async Task Speech_that_is_detected_after_the_deadline_is_padded_at_once()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(0);
        Pass(900);
        Assert.That(Silence(), Is.Empty, "nobody is known to speak");

        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        Pass(0);
        Assert.That(Silence(), Is.EqualTo(new[] { Second }));
    }

    [Test]
    public async Task Speech_that_stops_in_time_is_not_padded()
    {
        await SpeakAsync();
        Pass(700);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
        Pass(60_000);

        Assert.That(Silence(), Is.Empty);
    }

    [Test]
    public async Task A_caller_who_is_silent_is_not_padded()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(0);
        Pass(60_000);

        Assert.That(Silence(), Is.Empty);
    }

    [Test]
    public async Task Each_speech_that_breaks_off_is_padded()
    {
        await SpeakAsync();
        Pass(750);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
        await _rig.Twilio.FrameAsync(null);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        Pass(750);

        Assert.That(Silence(), Is.EqualTo(new[] { Second, Second }));
    }

    [Test]
    public async Task When_and_how_much_are_settings()
    {
        (_rig.Options.CallerAudio.InactivityMs, _rig.Options.CallerAudio.InactivitySilenceMs) = (300, 2500);
        await SpeakAsync();
        Pass(299);
        Assert.That(Silence(), Is.Empty);

        Pass(1);
        Assert.That(Silence(), Is.EqualTo(new[] { Second, Second, Second / 2 }));
    }

    [TestCase(0, 1000)]
    [TestCase(750, 0)]
    public async Task It_can_be_switched_off(int afterMs, int silenceMs)
    {
        (_rig.Options.CallerAudio.InactivityMs, _rig.Options.CallerAudio.InactivitySilenceMs) = (afterMs, silenceMs);
        await SpeakAsync();
        Pass(60_000);

        Assert.That(Silence(), Is.Empty);
    }

    [Test]
    public async Task A_provider_that_needs_no_steady_audio_is_not_padded()
    {
        _rig.Model.Capabilities = new RealtimeCapabilities(NeedsSteadyAudio: false);
        await SpeakAsync();
        Pass(60_000);

        Assert.That(Silence(), Is.Empty);
    }

    [Test]
    public async Task A_call_that_is_over_is_not_padded()
    {
        await SpeakAsync();
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();
        Pass(60_000);

        Assert.That(Silence(), Is.Empty);
    }

    [Test]
    public async Task Of_the_gap_that_was_padded_only_the_rest_is_filled()
    {
        await SpeakAsync();
        Pass(750);
        await _rig.Twilio.FrameAsync(20 + 1500);

        Assert.That(_rig.Model.Appended, Is.EqualTo(new[] { "160 voice", "8000 silence", "4000 silence", "160 voice" }));
    }

    [Test]
    public async Task Frames_that_were_only_delayed_are_not_lost_to_the_padding()
    {
        await SpeakAsync();
        Pass(750);
        for (var timestamp = 20; timestamp <= 100; timestamp += 20)
            await _rig.Twilio.FrameAsync(timestamp);

        Assert.That(_rig.Model.Appended.Skip(2), Is.EqualTo(Enumerable.Repeat("160 voice", 5)), "the caller said them, and the model has not heard them");
    }

    private async Task SpeakAsync()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(0);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
    }

    private void Pass(int milliseconds) => _rig.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private IEnumerable<int> Silence() =>
        _rig.Model.Appended.Where(a => a.EndsWith("silence", StringComparison.Ordinal)).Select(a => int.Parse(a.Split(' ')[0], null));
}
