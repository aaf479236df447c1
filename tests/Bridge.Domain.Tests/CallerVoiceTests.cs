using Bridge.Domain.CallerAudio;

namespace Bridge.Domain.Tests;

/// <summary>That the caller said something is noticed by loudness alone, frame by frame.</summary>
public sealed class CallerVoiceTests
{
    private const byte Loud = 0x10;
    private const byte Quiet = 0xFF;
    private readonly CallerVoice _voice = new();
    private int _now;

    [Test]
    public void Half_a_second_of_sound_and_a_pause_are_an_utterance_told_once()
    {
        Hear(Quiet, 200);
        Hear(Loud, 500);
        Hear(Quiet, 680);
        Assert.That(_voice.TakeUtterance(), Is.Null, "it may go on");
        Hear(Quiet, 20);

        Assert.That(_voice.TakeUtterance(), Is.EqualTo((TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(700))));
        Assert.That(_voice.TakeUtterance(), Is.Null);
    }

    [Test]
    public void A_knock_is_none()
    {
        Hear(Loud, 280);
        Hear(Quiet, 2000);
        Assert.That(_voice.TakeUtterance(), Is.Null);
    }

    [Test]
    public void Knocks_far_apart_do_not_add_up()
    {
        for (var i = 0; i < 10; i++)
        {
            Hear(Loud, 100);
            Hear(Quiet, 300);
        }

        Hear(Quiet, 1000);
        Assert.That(_voice.TakeUtterance(), Is.Null);
    }

    [Test]
    public void The_gaps_between_words_do_not_divide_it()
    {
        for (var i = 0; i < 4; i++)
        {
            Hear(Loud, 200);
            Hear(Quiet, 180);
        }

        Hear(Quiet, 600);
        Assert.That(_voice.TakeUtterance()?.Ended, Is.EqualTo(TimeSpan.FromMilliseconds(1340)));
    }

    [Test]
    public void Both_signs_count_and_a_line_that_hums_does_not()
    {
        Hear(0x80 | Loud, 400);
        Hear(0x68, 800);
        Assert.That(_voice.TakeUtterance(), Is.Not.Null, "loud, with the other sign");
        Hear(0xE8, 2000);
        Assert.That(_voice.TakeUtterance(), Is.Null);
    }

    [Test]
    public void Frames_of_any_length_are_counted_whole()
    {
        var odd = new byte[171];
        odd.AsSpan().Fill(Loud);
        for (var i = 0; i < 20; i++)
            _voice.Take(odd, TimeSpan.FromMilliseconds(i * 21));
        _now = 420;
        Hear(Quiet, 700);
        Assert.That(_voice.TakeUtterance(), Is.Not.Null);
    }

    private void Hear(byte code, int milliseconds)
    {
        var frame = new byte[160];
        frame.AsSpan().Fill(code);
        for (var end = _now + milliseconds; _now < end;)
        {
            _now += 20;
            _voice.Take(frame, TimeSpan.FromMilliseconds(_now));
        }
    }
}
