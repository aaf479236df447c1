using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>The call is to end, and the caller hears it: the line is closed when the last sound of the goodbye was heard.</summary>
public sealed class GoodbyeTests
{
    private static readonly string Goodbye = new CallPrompts().Goodbye;

    private readonly TestCall _call = TestCall.Active(policy: new CallPolicy { AskAfter = TimeSpan.Zero, IdleEndAfter = TimeSpan.FromSeconds(10) });

    private int _request;

    [SetUp]
    public void TheCallerIsIdle() => Assert.That(_call.LooksUntil(10_000, d => _request = d.Request!.Number), Is.EqualTo(new[] { $"10000 Ask {Goodbye}" }));

    [Test]
    public void It_ends_after_the_last_mark_came_back_and_no_sooner()
    {
        var last = Says(1500);
        Assert.That(_call.LooksUntil(12_000), Is.Empty);
        _call.Returns(last);

        Assert.That(_call.LooksUntil(15_000), Is.EqualTo(new[] { "12250 End Idle" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.True);
    }

    [Test]
    public void A_mark_that_is_back_too_early_does_not_end_it_before_the_sound()
    {
        _call.Begins("resp_1", _request);
        _call.Plays("resp_1", "item_1", 1000);
        _call.Returns(_call.Marks.Before);

        Assert.That(_call.LooksUntil(12_000), Is.Empty, "the answer is not complete");
    }

    [Test]
    public void A_mark_that_never_comes_back_is_waited_for_2_s_after_the_sound()
    {
        Says(1500);

        Assert.That(_call.LooksUntil(15_000), Is.EqualTo(new[] { "13500 End Idle" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.True);
    }

    [Test]
    public void A_goodbye_that_is_never_spoken_is_given_up_after_15_s_and_was_not_heard()
    {
        _call.Begins("resp_1", _request);
        var seen = _call.LooksUntil(60_000);

        Assert.That(seen[^1], Is.EqualTo("25000 End Idle"));
        Assert.That(_call.Call.GoodbyeHeard, Is.False);
    }

    [Test]
    public void One_that_is_longer_than_15_s_is_not_waited_for()
    {
        Says(30_000);

        Assert.That(_call.LooksUntil(60_000), Is.EqualTo(new[] { "25000 End Idle" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.False);
    }

    [Test]
    public void Who_speaks_in_it_is_there_after_all_and_the_call_stays()
    {
        Says(1500);
        _call.Until(11_000);
        _call.Interrupt();
        _call.Until(12_000);
        _call.StopsSpeaking();
        _call.Answers("resp_2", "item_2", 500);

        Assert.That(_call.LooksUntil(22_250), Is.Empty);
        Assert.That(_call.LooksUntil(22_500), Is.EqualTo(new[] { $"22500 Ask {Goodbye}" }), "10 s from the end of that answer");
        Assert.That(_call.Call.GoodbyeHeard, Is.False);
    }

    [Test]
    public void One_that_failed_in_the_middle_and_was_taken_up_is_heard()
    {
        _call.Begins("resp_1", _request);
        _call.Plays("resp_1", "item_1", 500);
        _call.Answers("resp_2", "item_2", 500, _call.Ends("resp_1", ResponseEnding.Failed)!.Number);

        Assert.That(_call.LooksUntil(20_000), Is.EqualTo(new[] { "13000 End Idle" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.True);
    }

    [Test]
    public void One_that_lost_its_session_in_the_middle_and_was_taken_up_is_heard()
    {
        _call.Begins("resp_1", _request);
        _call.Plays("resp_1", "item_1", 500);
        _call.Loses();
        _call.Answers("resp_2", "item_2", 500, _call.Replaces()!.Number);

        Assert.That(_call.LooksUntil(20_000), Is.EqualTo(new[] { "13000 End Idle" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.True);
    }

    [Test]
    public void One_without_a_sound_is_asked_for_again_and_then_heard()
    {
        _call.Begins("resp_1", _request);
        _call.Answers("resp_2", "item_2", 500, _call.Ends("resp_1")!.Number);

        Assert.That(_call.LooksUntil(20_000), Is.EqualTo(new[] { "12500 End Idle" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.True);
    }

    private Mark? Says(int ms)
    {
        _call.Begins("resp_1", _request);
        _call.Plays("resp_1", "item_1", ms);
        var last = _call.Finishes("item_1") ?? _call.Marks.After;
        _call.Ends("resp_1");
        return last;
    }
}
