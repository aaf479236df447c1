using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

/// <summary>A call has a longest duration, and a goodbye at its end.</summary>
public sealed class LongestCallTests
{
    private static readonly string Goodbye = new CallPrompts().Goodbye;

    private readonly TestCall _call = TestCall.Active(policy: new CallPolicy { LongestCall = TimeSpan.FromSeconds(20) });

    [Test]
    public void At_its_longest_the_goodbye_is_asked_for_once_and_its_end_ends_the_call()
    {
        var seen = _call.LooksUntil(60_000, d =>
        {
            if (d.Request is { } request)
                _call.Answers("resp_1", "item_1", 1000, request.Number);
        });

        Assert.That(seen, Is.EqualTo(new[] { $"20000 Ask {Goodbye}", "23000 End TooLong" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.True);
    }

    [Test]
    public void While_an_answer_is_made_the_goodbye_waits_for_its_turn()
    {
        _call.Until(19_000);
        _call.Asks("the last answer");
        _call.Begins("resp_1", 1);
        _call.Plays("resp_1", "item_1", 3000);
        Assert.That(_call.LooksUntil(20_000), Is.EqualTo(new[] { "20000 Ask later" }));

        Assert.That(_call.Ends("resp_1")?.Prompt, Is.EqualTo(Goodbye));
    }

    [Test]
    public void Too_long_stays_too_long_whatever_the_caller_says()
    {
        _call.LooksUntil(20_000, d => _call.Answers("resp_1", "item_1", 1500, d.Request?.Number));
        _call.Until(21_000);
        _call.Interrupt();
        _call.Until(22_000);
        _call.StopsSpeaking();
        _call.Answers("resp_2", "item_2", 500);

        Assert.That(_call.LooksUntil(60_000), Is.EqualTo(new[] { "35000 End TooLong" }));
        Assert.That(_call.Call.GoodbyeHeard, Is.False);
    }

    [Test]
    public void Who_is_speaking_at_that_moment_hears_no_filler_and_no_stall_follows()
    {
        _call.Until(19_000);
        _call.Interrupt();

        Assert.That(_call.LooksUntil(60_000), Is.EqualTo(new[] { "20000 Ask later", "35000 End TooLong" }));
    }

    [Test]
    public void Without_a_session_it_ends_unheard()
    {
        _call.Until(19_000);
        _call.Loses();
        var seen = _call.LooksUntil(60_000, _ => _call.Call.PlayRecording(8000, _call.Now));

        Assert.That(seen[^1], Is.EqualTo("35000 End TooLong"));
        Assert.That(_call.Call.GoodbyeHeard, Is.False);
    }

    [Test]
    public void Zero_is_no_limit()
    {
        var call = TestCall.Active(policy: new CallPolicy { LongestCall = TimeSpan.Zero, AskAfter = TimeSpan.Zero, IdleEndAfter = TimeSpan.Zero });
        call.Until(100_000_000);

        Assert.That(call.Looks().Action, Is.EqualTo(WatchAction.None));
    }

    [Test]
    public void A_call_that_has_ended_has_nothing_to_look_at()
    {
        _call.Call.TryEnd(CallEndReason.CallerHungUp, _call.Now);

        Assert.That(_call.LooksUntil(60_000), Is.Empty);
    }

    [Test]
    public void Nor_has_one_that_has_not_begun() => Assert.That(new Call(TestCall.Identity).Watch(TimeSpan.FromHours(5)), Is.EqualTo(default(WatchDecision)));
}
