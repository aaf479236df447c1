using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>
/// Where marks are wanted: each costs a message each way, so there are as many as the clock and the endings need, and no more.
/// </summary>
public sealed class WantedMarksTests
{
    private readonly PlaybackClock _clock = new();

    [SetUp]
    public void TheCallHasBeenOnForASecond() => At(1000);

    [Test]
    public void A_mark_is_wanted_before_audio_that_starts_from_silence()
    {
        var marks = Send("1", 100);

        Assert.That(marks, Is.EqualTo(new PlaybackMarks(new Mark(0, 0), null)));
    }

    [Test]
    public void No_mark_is_wanted_before_audio_that_goes_on_from_audio()
    {
        Send("1", 100);

        Assert.That(Send("1", 100).Before, Is.Null);
        Assert.That(Send("2", 100).Before, Is.Null, "nor before another item");
    }

    [TestCase(150, false, TestName = "A_pause_of_150_ms_is_no_silence")]
    [TestCase(200, true, TestName = "A_pause_of_200_ms_is_silence")]
    public void Pause(int ms, bool silence)
    {
        Send("1", 100);
        At(1100 + ms);

        Assert.That(Send("1", 100).Before is not null, Is.EqualTo(silence));
    }

    [Test]
    public void A_mark_is_wanted_before_the_first_audio_after_a_clear()
    {
        Send("1", 1000);
        _clock.Clear();

        Assert.That(Send("2", 100).Before, Is.Not.Null);
    }

    [Test]
    public void Within_an_item_a_mark_is_wanted_after_each_second_of_audio()
    {
        var wanted = Enumerable.Range(1, 30).Where(_ => Send("1", 100).After is not null);

        Assert.That(wanted, Is.EqualTo(new[] { 10, 20, 30 }), "after 1000, 2000 and 3000 ms");
    }

    [Test]
    public void A_long_piece_of_audio_has_one_mark_after_it() =>
        Assert.That(Send("1", 5000), Is.EqualTo(new PlaybackMarks(new Mark(0, 0), new Mark(0, 1))));

    [Test]
    public void A_mark_is_wanted_at_an_items_end()
    {
        Send("1", 100);

        Assert.That(_clock.Complete(new ItemKey("1", 0)), Is.EqualTo(new Mark(0, 1)));
    }

    [Test]
    public void No_second_mark_is_sent_where_one_stands()
    {
        var only = Send("1", 1000).After;

        Assert.That(_clock.Complete(new ItemKey("1", 0)), Is.Null);
        _clock.MarkReturned(only!.Value);
        Assert.That(_clock.Unheard, Is.Empty);
    }

    [Test]
    public void An_items_end_is_told_once()
    {
        Send("1", 100);
        _clock.Complete(new ItemKey("1", 0));

        Assert.That(_clock.Complete(new ItemKey("1", 0)), Is.Null);
    }

    [Test]
    public void No_mark_is_sent_for_the_end_of_an_item_that_is_gone_or_already_heard()
    {
        Send("1", 100);
        _clock.Clear();
        Send("2", 100);
        At(1100);

        Assert.That(_clock.Complete(new ItemKey("1", 0)), Is.Null);
        Assert.That(_clock.Complete(new ItemKey("never", 0)), Is.Null);
        Assert.That(_clock.Complete(new ItemKey("2", 0)), Is.Null, "the clock says it was heard");
    }

    private void At(long ms) => _clock.Advance(ms * 8);

    private PlaybackMarks Send(string item, int ms) => _clock.Send("r", new ItemKey(item, 0), ms * 8);
}
