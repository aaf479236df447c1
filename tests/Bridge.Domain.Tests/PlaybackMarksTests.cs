using Bridge.Domain.Playback;

namespace Bridge.Domain.Tests;

/// <summary>What returned marks prove. "1: 120/400" is item 1, 120 ms heard of 400 ms sent.</summary>
public sealed class PlaybackMarksTests
{
    private readonly PlaybackClock _clock = new();

    [SetUp]
    public void TheCallHasBeenOnForASecond() => At(1000);

    [Test]
    public void A_returned_mark_proves_what_was_sent_before_it()
    {
        var first = Send("1", 1000).After;
        Send("1", 1000);
        At(1050);
        _clock.MarkReturned(first!.Value);

        Assert.That(Unheard(), Is.EqualTo("1: 1000/2000"));
    }

    [Test]
    public void A_mark_that_is_behind_the_clock_does_not_turn_it_back()
    {
        var first = Send("1", 1000).After;
        Send("1", 1000);
        At(2300);
        _clock.MarkReturned(first!.Value);

        Assert.That(Unheard(), Is.EqualTo("1: 1300/2000"));
    }

    [Test]
    public void A_mark_returned_twice_proves_it_once()
    {
        var first = Send("1", 1000).After;
        Send("1", 1000);
        _clock.MarkReturned(first!.Value);
        At(1050);
        _clock.MarkReturned(first.Value);

        Assert.That(Unheard(), Is.EqualTo("1: 1050/2000"));
    }

    [Test]
    public void Marks_that_never_return_cost_nothing_but_their_proof()
    {
        Send("1", 5000);
        At(4000);

        Assert.That(Unheard(), Is.EqualTo("1: 3000/5000"));
    }

    [Test]
    public void A_mark_of_an_older_generation_moves_nothing()
    {
        var stale = Send("1", 1000);
        _clock.Clear();
        var fresh = Send("2", 1000);
        _clock.MarkReturned(stale.After!.Value);
        _clock.MarkReturned(stale.Before!.Value);

        Assert.That(Unheard(), Is.EqualTo("2: 0/1000"));
        Assert.That(fresh.Before, Is.EqualTo(new Mark(1, 2)), "a new generation, and a number never used before");
        Assert.That(fresh.After, Is.EqualTo(new Mark(1, 3)));
    }

    [TestCase(0, 7, TestName = "A_mark_that_was_never_sent_moves_nothing")]
    [TestCase(1, 0, TestName = "A_mark_of_a_generation_to_come_moves_nothing")]
    [TestCase(0, int.MaxValue, TestName = "A_mark_with_the_largest_number_moves_nothing")]
    public void Foreign(int generation, int sequence)
    {
        Send("1", 400);
        _clock.MarkReturned(new Mark(generation, sequence));

        Assert.That(Unheard(), Is.EqualTo("1: 0/400"));
    }

    [Test]
    public void A_clear_forgets_what_was_queued_and_counts()
    {
        Send("1", 400);
        _clock.Clear();
        At(1200);
        Assert.That(Unheard(), Is.Empty);
        Assert.That(_clock.Generation, Is.EqualTo(1));

        Send("1", 100);
        Assert.That(Unheard(), Is.EqualTo("1: 0/100"), "what is sent after a clear starts at nothing");
    }

    [Test]
    public void The_mark_at_an_items_end_proves_that_it_was_heard_to_its_end()
    {
        Send("1", 100);
        Send("1", 100);
        var end = _clock.Complete(new ItemKey("1", 0));
        _clock.MarkReturned(end!.Value);

        Assert.That(Unheard(), Is.Empty);
    }

    [Test]
    public void Of_very_many_marks_the_newest_still_prove_and_the_forgotten_move_nothing()
    {
        var marks = Enumerable.Range(0, 1000).Select(i => Send($"{i}", 1000).After!.Value).ToArray();
        _clock.MarkReturned(marks[0]);
        Assert.That(Heard(), Is.Zero, "the first of 1000 is long forgotten");

        _clock.MarkReturned(marks[^2]);
        Assert.That(Heard(), Is.EqualTo(999 * 1000));
        _clock.MarkReturned(marks[^40]);
        Assert.That(Heard(), Is.EqualTo(999 * 1000));
    }

    private void At(long ms) => _clock.Advance(ms * 8);

    private PlaybackMarks Send(string item, int ms) => _clock.Send("r", new ItemKey(item, 0), ms * 8);

    private long Heard() => _clock.Unheard.Sum(i => i.Heard / 8);

    private string Unheard() => string.Join(", ", _clock.Unheard.Select(i => $"{i.Key.ItemId}: {i.Heard / 8}/{i.Sent / 8}"));
}
