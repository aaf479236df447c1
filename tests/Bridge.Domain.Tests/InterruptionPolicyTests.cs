using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

public sealed class InterruptionPolicyTests
{
    private readonly PlaybackClock _clock = new();

    [SetUp]
    public void TheCallIsOn() => _clock.Advance(0);

    [Test]
    public void With_nothing_sent_nothing_is_cut() => Assert.That(InterruptionPolicy.Decide(_clock), Is.EqualTo(Interruption.None));

    [Test]
    public void Every_unheard_item_is_cut_at_its_own_position_in_the_order_of_play()
    {
        Send("a", 1000);
        Send("b", 1000);
        Send("c", 1000);
        _clock.Advance(1500 * 8);

        Assert.That(InterruptionPolicy.Decide(_clock).Cuts(), Is.EqualTo(new[] { "a.0@1000/1000", "b.0@500/1000", "c.0@0/1000" }));
    }

    [Test]
    public void An_item_heard_to_its_end_is_not_cut_while_the_one_after_it_is()
    {
        Send("a", 1000);
        _clock.Complete(new ItemKey("a", 0));
        Send("b", 1000);
        _clock.Advance(1500 * 8);

        Assert.That(InterruptionPolicy.Decide(_clock).Cuts(), Is.EqualTo(new[] { "b.0@500/1000" }));
    }

    [Test]
    public void A_part_of_a_millisecond_that_was_heard_is_not_counted()
    {
        _clock.Send("r", new ItemKey("a", 0), 1807);
        _clock.Advance(807);

        Assert.That(InterruptionPolicy.Decide(_clock).Cuts(), Is.EqualTo(new[] { "a.0@100/225" }), "807 of 1807 samples");
    }

    [Test]
    public void An_item_that_was_played_but_is_not_finished_is_cut_at_all_that_was_sent()
    {
        Send("a", 100);
        _clock.Advance(100 * 8);

        Assert.That(InterruptionPolicy.Decide(_clock).Cuts(), Is.EqualTo(new[] { "a.0@100/100" }));
    }

    [Test]
    public void What_came_from_a_session_that_is_gone_is_cleared_but_not_truncated()
    {
        Send("a", 1000);
        _clock.Abandon();
        var decision = InterruptionPolicy.Decide(_clock);

        Assert.That(decision.Clear, Is.True);
        Assert.That(decision.Truncations, Is.Empty);
    }

    [Test]
    public void A_decision_moves_nothing()
    {
        Send("a", 1000);
        _clock.Advance(300 * 8);

        var first = InterruptionPolicy.Decide(_clock).Cuts();
        var second = InterruptionPolicy.Decide(_clock).Cuts();

        Assert.That(second, Is.EqualTo(first));
        Assert.That(_clock.Generation, Is.Zero);
    }

    private void Send(string item, int ms) => _clock.Send("r", new ItemKey(item, 0), ms * 8);
}
