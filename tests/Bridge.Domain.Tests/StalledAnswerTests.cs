using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>What still comes of an answer that was given up because it stalled.</summary>
public sealed class StalledAnswerTests
{
    private readonly TestCall _call = TestCall.Active(policy: new CallPolicy { FillerAfter = TimeSpan.Zero });

    [SetUp]
    public void AnAnswerStalls()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Plays("resp_1", "item_1", 500);
        Assert.That(_call.LooksUntil(5000), Has.Length.EqualTo(1));
    }

    [Test]
    public void Its_late_audio_is_dropped_and_the_model_is_told_once_how_much_was_sent()
    {
        var item = new ItemKey("item_1", 0);
        Assert.That(_call.Plays("resp_1", "item_1", 200), Is.False);
        Assert.That(_call.Forgets, Is.EqualTo(new Truncation(item, 500, 500)), "what was sent plays on");
        Assert.That(_call.Plays("resp_1", "item_1", 200), Is.False);
        Assert.That(_call.Forgets, Is.Null, "once");
        Assert.That(_call.Plays("resp_1", "item_2", 200), Is.False, "an item of it that is new");
        Assert.That(_call.Forgets, Is.EqualTo(new Truncation(new ItemKey("item_2", 0), 0, 0)));
    }

    [Test]
    public void The_late_end_of_its_item_sets_no_mark() => Assert.That(_call.Finishes("item_1"), Is.Null);

    [TestCase(ResponseEnding.Cancelled)]
    [TestCase(ResponseEnding.Completed)]
    [TestCase(ResponseEnding.Failed)]
    [TestCase(ResponseEnding.RateLimited)]
    public void Its_late_end_asks_for_nothing_and_does_not_end_the_wait_for_its_successor(ResponseEnding ending)
    {
        Assert.That(_call.Ends("resp_1", ending), Is.Null);
        Assert.That(_call.LooksUntil(10_000), Is.EqualTo(new[] { "10000 ReplaceSession" }));
    }

    [Test]
    public void Its_successor_is_heard_beside_it()
    {
        _call.Begins("resp_2", 2);

        Assert.That(_call.Plays("resp_2", "item_2", 200), Is.True);
        Assert.That(_call.Plays("resp_1", "item_1", 200), Is.False);
    }

    [Test]
    public void Its_end_after_its_successor_began_changes_nothing()
    {
        _call.Begins("resp_2", 2);
        Assert.That(_call.Ends("resp_1", ResponseEnding.Cancelled), Is.Null);
        _call.Plays("resp_2", "item_2", 200);

        Assert.That(_call.Ends("resp_2"), Is.Null);
        Assert.That(_call.LooksUntil(20_000), Is.Empty);
    }

    [Test]
    public void Its_late_audio_is_not_the_first_audio_of_its_successor()
    {
        _call.Begins("resp_2", 2);
        var seen = new List<string>();
        for (var at = 6000; at <= 14_000; at += 1000)
        {
            seen.AddRange(_call.LooksUntil(at));
            _call.Plays("resp_1", "item_1", 20);
            _call.Call.ModelShowedSign(_call.Now);
        }

        Assert.That(seen, Is.EqualTo(new[] { "13000 ReplaceSession" }));
    }

    [Test]
    public void A_request_given_up_that_begins_after_all_is_not_heard_beside_its_successor()
    {
        var call = TestCall.Active(policy: new CallPolicy { FillerAfter = TimeSpan.Zero });
        call.Asks("greet");
        call.LooksUntil(5000);

        var unwanted = call.Begins("resp_1", 1);
        if (unwanted)
            call.Ends("resp_1", ResponseEnding.Cancelled);
        else
            call.Call.ResponseRefused(2);
        call.Plays("resp_1", "item_1", 500);
        var again = unwanted ? null : call.Ends("resp_1");

        Assert.That(again, Is.Null, "greeted twice");
    }
}
