using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Domain.Tests;

/// <summary>The model refuses an answer because too much was asked for lately.</summary>
public sealed class RateLimitTests
{
    private readonly TestCall _call = TestCall.Active();

    [TestCase(600, "750 Ask greet", TestName = "It_is_asked_again_when_the_limit_allows_it")]
    [TestCase(null, "1000 Ask greet", TestName = "After_a_second_when_nobody_said_when")]
    [TestCase(2000, "2000 Ask greet", TestName = "After_two_seconds_at_the_latest")]
    [TestCase(60_000, "2000 Ask greet", TestName = "After_two_seconds_also_when_the_limit_is_a_minutes")]
    public void The_wait(int? resetMs, string asked)
    {
        Assert.That(IsLimited(_call.Asks("greet"), resetMs), Is.Null);

        Assert.That(_call.LooksUntil(2250), Is.EqualTo(new[] { asked }));
    }

    [Test]
    public void What_was_heard_before_is_to_be_taken_up()
    {
        _call.Begins("resp_0");
        _call.Plays("resp_0", "item_0", 300);
        _call.Ends("resp_0", ResponseEnding.RateLimited);

        Assert.That(_call.LooksUntil(1000), Is.EqualTo(new[] { $"1000 Ask {new CallPrompts().TakeUp}" }));
    }

    [Test]
    public void It_is_tried_twice_and_the_third_time_the_call_ends()
    {
        IsLimited(_call.Asks("greet"), 500);

        var seen = _call.LooksUntil(10_000, d => IsLimited(d.Request, 500));
        Assert.That(seen, Is.EqualTo(new[] { "500 Ask greet", "1000 Ask greet", "1250 End ModelFailed" }));
    }

    [Test]
    public void The_wait_is_silence_like_any_other_and_no_stall()
    {
        var call = TestCall.Active(policy: new CallPolicy { StallAfter = TimeSpan.FromSeconds(1), FillerAfter = TimeSpan.FromSeconds(1.5) });
        call.Asks("greet");
        call.Begins("resp_1", 1);
        call.Ends("resp_1", ResponseEnding.RateLimited, TimeSpan.FromSeconds(2));

        Assert.That(call.LooksUntil(1500), Is.EqualTo(new[] { "1500 PlayFiller" }));
    }

    [Test]
    public void While_it_waits_the_caller_may_speak_and_then_it_is_not_asked_any_more()
    {
        IsLimited(_call.Asks("greet"), 1000);
        _call.Until(500);
        _call.Interrupt();

        Assert.That(_call.LooksUntil(10_000), Is.Empty);
    }

    [Test]
    public void While_the_caller_speaks_nothing_is_asked()
    {
        _call.Begins("resp_0");
        _call.Interrupt();

        Assert.That(_call.Ends("resp_0", ResponseEnding.RateLimited), Is.Null);
        Assert.That(_call.LooksUntil(10_000), Is.Empty);
    }

    [Test]
    public void What_is_asked_for_during_the_wait_is_not_forgotten_when_it_is_over()
    {
        IsLimited(_call.Asks("greet"), 1000);
        var other = _call.Asks("other");
        var again = Looked(1000).Request;

        Assert.That(other is null || again is null, "two requests under way");
    }

    [Test]
    public void What_waited_when_the_limit_was_told_waits_on_and_the_answer_that_failed_goes_first()
    {
        _call.Asks("greet");
        _call.Begins("resp_1", 1);
        _call.Asks("other");

        Assert.That(_call.Ends("resp_1", ResponseEnding.RateLimited, TimeSpan.FromSeconds(1)), Is.Null);
        Assert.That(_call.LooksUntil(1000), Is.EqualTo(new[] { "1000 Ask greet" }));
    }

    private WatchDecision Looked(long at)
    {
        WatchDecision last = default;
        _call.LooksUntil(at, d => last = d);
        return last;
    }

    private ResponseRequest? IsLimited(ResponseRequest? request, int? resetMs)
    {
        var response = $"resp_{request?.Number}";
        _call.Begins(response, request?.Number);
        return _call.Ends(response, ResponseEnding.RateLimited, resetMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
    }
}
