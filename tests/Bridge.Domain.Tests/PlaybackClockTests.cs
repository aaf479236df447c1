using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>Examples a person can check by hand. All audio in milliseconds; "1: 120/400" is item 1, 120 ms heard of 400 ms sent.</summary>
public sealed class PlaybackClockTests
{
    private readonly PlaybackClock _clock = new();

    [SetUp]
    public void TheCallHasBeenOnForASecond() => At(1000);

    [Test]
    public void An_item_starts_when_it_is_sent()
    {
        Send("1", 400);
        At(1120);

        Assert.That(Unheard(), Is.EqualTo("1: 120/400"));
    }

    [Test]
    public void An_item_starts_when_what_was_queued_before_it_ends()
    {
        Send("1", 400);
        At(1100);
        Send("2", 400);
        At(1450);

        Assert.That(Unheard(), Is.EqualTo("1: 400/400, 2: 50/400"));
    }

    [Test]
    public void It_stands_still_while_the_model_stalls_and_goes_on_with_the_next_audio()
    {
        Send("1", 100);
        At(1600);
        Assert.That(Unheard(), Is.EqualTo("1: 100/100"));

        Send("1", 300);
        Assert.That(Unheard(), Is.EqualTo("1: 100/400"));
        At(1650);
        Assert.That(Unheard(), Is.EqualTo("1: 150/400"));
    }

    [Test]
    public void Time_before_the_first_audio_is_not_counted_as_heard()
    {
        var clock = new PlaybackClock();
        clock.Advance(5000 * 8);
        clock.Send("r", new ItemKey("1", 0), 400 * 8);
        Assert.That(clock.Unheard[0].Heard, Is.Zero);

        clock.Advance(5020 * 8);
        Assert.That(clock.Unheard[0].Heard, Is.EqualTo(20 * 8));
    }

    [Test]
    public void Heard_is_never_more_than_was_sent()
    {
        Send("1", 100);
        At(100_000);

        Assert.That(Unheard(), Is.EqualTo("1: 100/100"));
    }

    [Test]
    public void A_time_that_lies_back_moves_nothing_and_is_not_counted_twice()
    {
        Send("1", 400);
        At(1100);
        At(1020);
        Assert.That(Unheard(), Is.EqualTo("1: 100/400"));

        At(1120);
        Assert.That(Unheard(), Is.EqualTo("1: 120/400"));
    }

    [Test]
    public void The_same_time_twice_moves_nothing_the_second_time()
    {
        Send("1", 400);
        At(1100);
        At(1100);

        Assert.That(Unheard(), Is.EqualTo("1: 100/400"));
    }

    [Test]
    public void Two_items_whose_audio_comes_mixed_are_heard_in_the_order_of_sending()
    {
        Send("1", 100);
        Send("2", 100);
        Send("1", 100);
        At(1150);
        Assert.That(Unheard(), Is.EqualTo("1: 100/200, 2: 50/100"));

        At(1250);
        Assert.That(Unheard(), Is.EqualTo("1: 150/200, 2: 100/100"));
    }

    [Test]
    public void Two_contents_of_one_item_have_positions_of_their_own()
    {
        _clock.Send("r", new ItemKey("1", 0), 100 * 8);
        _clock.Send("r", new ItemKey("1", 1), 100 * 8);
        At(1130);

        Assert.That(_clock.Unheard.Select(i => (i.Key.ContentIndex, i.Heard / 8)), Is.EqualTo(new[] { (0, 100L), (1, 30L) }));
    }

    [Test]
    public void An_item_heard_to_its_end_is_gone_whichever_comes_last_its_audio_or_the_news_of_its_end()
    {
        Send("1", 100);
        _clock.Complete(new ItemKey("1", 0));
        Assert.That(Unheard(), Is.EqualTo("1: 0/100"));
        At(1100);
        Assert.That(Unheard(), Is.Empty);

        Send("2", 100);
        At(1300);
        Assert.That(Unheard(), Is.EqualTo("2: 100/100"));
        _clock.Complete(new ItemKey("2", 0));
        Assert.That(Unheard(), Is.Empty);
    }

    [Test]
    public void The_end_of_a_response_ends_its_items_and_no_others()
    {
        _clock.Send("r1", new ItemKey("1", 0), 100 * 8);
        _clock.Send("r2", new ItemKey("2", 0), 100 * 8);
        At(1200);
        _clock.CompleteResponse("r1");

        Assert.That(Unheard(), Is.EqualTo("2: 100/100"));
    }

    [TestCase(5)]
    [TestCase(40)]
    public void Marks_that_come_back_late_are_known_however_many_are_under_way(int seconds)
    {
        var marks = new List<Mark>();
        // Some are back by the time there must be more room than at first: those left do not begin where the room does.
        for (var sent = 0; sent < seconds; sent++)
        {
            var sentWith = _clock.Send("r", new ItemKey("1", 0), 8_000);
            marks.Add(sentWith.After!.Value);
            if (sentWith.Before is { } before)
                _clock.MarkReturned(before);
            if (sent is 3 or 4)
                _clock.MarkReturned(marks[sent - 3]);
        }

        foreach (var (second, mark) in marks.Index().Skip(2))
        {
            _clock.MarkReturned(mark);
            Assert.That(_clock.Unheard[0].Heard / 8, Is.EqualTo((second + 1) * 1_000));
        }
    }

    [Test]
    public void Of_very_many_marks_under_way_the_oldest_are_forgotten_and_move_nothing()
    {
        var marks = Enumerable.Range(0, 80).Select(_ => _clock.Send("r", new ItemKey("1", 0), 8_000).After!.Value).ToList();

        _clock.MarkReturned(marks[15]);
        Assert.That(_clock.Unheard[0].Heard, Is.Zero);
        _clock.MarkReturned(marks[16]);
        Assert.That(_clock.Unheard[0].Heard / 8, Is.EqualTo(17_000));
    }

    [Test]
    public void Positions_are_whole_milliseconds_rounded_down()
    {
        Assert.That(Pcmu.ToMilliseconds(8 * 125 + 7), Is.EqualTo(125));
        Assert.That(Pcmu.ToSamples(125), Is.EqualTo(1000));
    }

    private void At(long ms) => _clock.Advance(ms * 8);

    private void Send(string item, int ms) => _clock.Send("r", new ItemKey(item, 0), ms * 8);

    private string Unheard() => string.Join(", ", _clock.Unheard.Select(i => $"{i.Key.ItemId}: {i.Heard / 8}/{i.Sent / 8}"));
}
