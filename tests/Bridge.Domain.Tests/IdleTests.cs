using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests;

/// <summary>The caller says nothing: asked after 30 s, let go after 90 s, from the end of what was heard.</summary>
public sealed class IdleTests
{
    private static readonly string Asked = new CallPrompts().StillThere;
    private static readonly string LetGo = new CallPrompts().Goodbye;

    private readonly TestCall _call = TestCall.Active();

    [Test]
    public void The_count_begins_at_the_end_of_what_was_heard_and_not_of_what_was_sent()
    {
        Greets(10_000);

        Assert.That(_call.LooksUntil(40_000), Is.EqualTo(new[] { $"40000 Ask {Asked}" }));
    }

    [Test]
    public void Looks_made_before_the_greeting_was_asked_for_do_not_begin_the_count()
    {
        Assert.That(_call.LooksUntil(1000), Is.Empty);
        Greets(10_000);

        Assert.That(_call.LooksUntil(41_000), Is.EqualTo(new[] { $"41000 Ask {Asked}" }));
    }

    [Test]
    public void Being_asked_does_not_begin_it_anew()
    {
        Greets(10_000);

        var seen = _call.LooksUntil(100_000, d => _call.Answers("resp_2", "item_2", 3000, d.Request?.Number));
        Assert.That(seen, Is.EqualTo(new[] { $"40000 Ask {Asked}", $"100000 Ask {LetGo}" }));
    }

    [Test]
    public void The_callers_speech_does_and_they_are_asked_again()
    {
        Greets(10_000);
        _call.LooksUntil(40_000, d => _call.Answers("resp_2", "item_2", 3000, d.Request?.Number));
        _call.Until(50_000);
        _call.Interrupt();
        _call.Until(60_000);
        _call.StopsSpeaking();
        _call.Answers("resp_3", "item_3", 2000);

        Assert.That(_call.LooksUntil(92_000), Is.EqualTo(new[] { $"92000 Ask {Asked}" }));
    }

    [Test]
    public void Nobody_is_idle_who_speaks_for_minutes()
    {
        Greets(1000);
        _call.Until(2000);
        _call.Interrupt();

        Assert.That(_call.LooksUntil(200_000), Is.Empty);
    }

    [Test]
    public void Nobody_is_idle_who_listens_to_an_answer_of_60_s()
    {
        Greets(60_000);

        Assert.That(_call.LooksUntil(89_750), Is.Empty);
    }

    [Test]
    public void Nor_who_listens_to_one_that_nobody_asked_for_by_speaking()
    {
        Greets(1000);
        _call.LooksUntil(20_000);
        _call.Asks("the weather, as it was ordered");
        _call.Answers("resp_2", "item_2", 60_000, 2);

        Assert.That(_call.LooksUntil(109_750), Is.Empty);
    }

    [Test]
    public void Who_is_asked_late_is_let_go_at_the_same_moment_all_the_same()
    {
        Greets(1000);
        _call.LooksUntil(31_000);
        _call.Answers("resp_2", "item_2", 70_000, 2);

        Assert.That(_call.LooksUntil(101_000), Is.Empty, "the question is still playing");
        Assert.That(_call.LooksUntil(101_500), Is.EqualTo(new[] { $"101250 Ask {LetGo}" }));
    }

    [Test]
    public void At_zero_nobody_is_asked()
    {
        var call = TestCall.Active(policy: new CallPolicy { AskAfter = TimeSpan.Zero });
        call.Asks("greet");
        call.Answers("resp_1", "item_1", 1000, 1);

        Assert.That(call.LooksUntil(91_000), Is.EqualTo(new[] { $"91000 Ask {LetGo}" }));
    }

    [Test]
    public void At_zero_nobody_is_let_go()
    {
        var call = TestCall.Active(policy: new CallPolicy { AskAfter = TimeSpan.Zero, IdleEndAfter = TimeSpan.Zero });
        call.Asks("greet");
        call.Answers("resp_1", "item_1", 1000, 1);

        Assert.That(call.LooksUntil(600_000), Is.Empty);
    }

    private void Greets(int ms) => _call.Answers("resp_1", "item_1", ms, _call.Asks("greet")!.Number);
}
