using Bridge.Application.Options;
using Bridge.Infrastructure.Realtime.Echo;

namespace Bridge.Infrastructure.Tests;

public sealed class EchoVoiceActivityTests
{
    private readonly EchoVoiceActivity _voice = new(new TurnDetectionOptions { SilenceDurationMs = 500 });
    private int _heardMs;

    [Test]
    public void Silence_is_no_speech() => Assert.That(Hear(PhoneSound.Silence(10_000)), Is.Empty);

    [Test]
    public void A_tone_is_speech_after_60_ms_and_its_end_is_told_when_the_silence_has_lasted()
    {
        var told = Hear([.. PhoneSound.Silence(1000), .. PhoneSound.Tone(1000), .. PhoneSound.Silence(1000)]);

        Assert.That(told, Is.EqualTo(new[] { "Started 1060", "Stopped 2500" }));
    }

    [Test]
    public void A_click_is_no_speech() =>
        Assert.That(Hear([.. PhoneSound.Silence(1000), .. PhoneSound.Tone(40), .. PhoneSound.Silence(1000)]), Is.Empty);

    [Test]
    public void A_pause_shorter_than_the_silence_asked_for_ends_nothing()
    {
        var told = Hear([.. PhoneSound.Tone(500), .. PhoneSound.Silence(480), .. PhoneSound.Tone(500), .. PhoneSound.Silence(500)]);

        Assert.That(told, Is.EqualTo(new[] { "Started 60", "Stopped 1980" }));
    }

    [Test]
    public void Speech_from_the_first_moment_on_is_speech() => Assert.That(Hear(PhoneSound.Tone(200)), Is.EqualTo(new[] { "Started 60" }));

    [Test]
    public void The_hiss_of_a_quiet_line_is_no_speech() => Assert.That(Hear(PhoneSound.Noise(20_000, 500)), Is.Empty);

    [Test]
    public void A_noisy_line_does_not_talk_for_ever_and_speech_above_it_is_heard()
    {
        Hear(PhoneSound.Noise(10_000, 2400));
        Assert.That(_voice.Speaking, Is.False);

        Assert.That(Hear(PhoneSound.Noise(10_000, 2400)), Is.Empty, "the noise was learned once");
        Assert.That(Hear(PhoneSound.Tone(500, 12_000)), Has.Exactly(1).Items);
    }

    [Test]
    public void A_long_speech_with_its_natural_pauses_is_not_taken_for_noise()
    {
        var sentence = PhoneSound.Tone(900).Concat(PhoneSound.Silence(100)).ToArray();
        var told = Enumerable.Range(0, 30).SelectMany(_ => Hear(sentence)).ToList();

        Assert.That(told, Is.EqualTo(new[] { "Started 60" }));
    }

    [Test]
    public void A_line_that_grows_quiet_again_hears_quiet_speech_again()
    {
        Hear(PhoneSound.Noise(10_000, 2400));
        Hear(PhoneSound.Silence(10_000));

        Assert.That(Hear(PhoneSound.Tone(200, 1200)), Has.Exactly(1).Items);
    }

    [Test]
    public void The_loudest_samples_of_both_signs_are_loud()
    {
        var loudest = Enumerable.Range(0, 800).Select(i => (byte)(i % 2 == 0 ? 0x00 : 0x80)).ToArray();

        Assert.That(Hear(loudest), Is.EqualTo(new[] { "Started 60" }));
    }

    [Test]
    public void Both_spellings_of_zero_are_silence() =>
        Assert.That(Hear([.. Enumerable.Range(0, 80_000).Select(i => (byte)(i % 2 == 0 ? 0x7F : 0xFF))]), Is.Empty);

    private List<string> Hear(byte[] sound)
    {
        var told = new List<string>();
        foreach (var block in sound.Chunk(EchoVoiceActivity.Block))
        {
            _heardMs += block.Length / 8;
            if (_voice.Take(block) is var activity and not VoiceActivity.None)
                told.Add($"{activity} {_heardMs}");
        }

        return told;
    }
}
