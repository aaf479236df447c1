using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>How long nothing has been playing, and whether Twilio has told that it played all.</summary>
public sealed class QuietTests
{
    private readonly PlaybackClock _clock = new();

    [Test]
    public void Before_anything_was_sent_it_is_quiet_since_the_beginning()
    {
        At(700);
        Assert.That(Quiet, Is.EqualTo(700));
    }

    [Test]
    public void While_something_plays_it_is_not_and_then_it_counts_from_the_last_sample()
    {
        At(1000);
        Send(500);
        At(1499);
        Assert.That(Quiet, Is.Zero);
        At(1600);
        Assert.That(Quiet, Is.EqualTo(100));
    }

    [Test]
    public void A_clear_in_the_middle_of_a_sound_makes_it_quiet_from_there()
    {
        At(1000);
        Send(5000);
        At(2000);
        _clock.Clear();
        At(2300);
        Assert.That(Quiet, Is.EqualTo(300));
    }

    [Test]
    public void A_clear_in_silence_changes_nothing()
    {
        Send(500);
        At(1000);
        _clock.Clear();
        Assert.That(Quiet, Is.EqualTo(500));
    }

    [Test]
    public void A_mark_that_proves_the_end_makes_it_quiet()
    {
        var marks = Send(1000);
        At(900);
        _clock.MarkReturned(marks.After!.Value);
        At(950);
        Assert.That(Quiet, Is.EqualTo(50));
    }

    [Test]
    public void The_last_mark_is_the_one_that_counts()
    {
        Assert.That(_clock.LastMarkReturned, Is.True, "none is under way");
        var marks = Send(1500);
        Assert.That(_clock.LastMarkReturned, Is.False);
        _clock.MarkReturned(marks.Before!.Value);
        Assert.That(_clock.LastMarkReturned, Is.False);
        _clock.MarkReturned(marks.After!.Value);
        Assert.That(_clock.LastMarkReturned, Is.True);
    }

    [Test]
    public void One_before_it_that_is_lost_does_not_count()
    {
        var marks = Send(1500);
        _clock.MarkReturned(marks.After!.Value);

        Assert.That(_clock.LastMarkReturned, Is.True);
    }

    [Test]
    public void After_a_clear_no_mark_is_waited_for()
    {
        Send(1500);
        _clock.Clear();

        Assert.That(_clock.LastMarkReturned, Is.True);
    }

    [Test]
    public void Ten_minutes_of_marks_that_never_come_back_are_no_state_to_wait_in()
    {
        for (var second = 0; second < 600; second++)
        {
            Send(1000);
            At(second * 1000);
        }

        At(601_000);
        Assert.That(_clock.LastMarkReturned, Is.False);
        Assert.That(Quiet, Is.EqualTo(1000));
    }

    private double Quiet => _clock.Quiet.TotalMilliseconds;

    private void At(int ms) => _clock.Advance(ms * 8);

    private PlaybackMarks Send(int ms) => _clock.Send("r", new ItemKey("a", 0), ms * 8);
}
