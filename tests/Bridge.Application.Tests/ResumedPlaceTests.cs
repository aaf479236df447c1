using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>A call that goes on in another stream: only Twilio's question gives a new token, and that stream always has a place.</summary>
public sealed class ResumedPlaceTests
{
    private readonly BridgeOptions _options = new() { MaxConcurrentCalls = 1 };
    private Switchboard _board = null!;

    private CallRegistry Calls => _board.Calls;

    [SetUp]
    public void SetUp() => _board = new Switchboard(_options, Switchboard.Unlimited);

    [TearDown]
    public void TearDown() => _board.Dispose();

    [Test]
    public void The_new_token_is_good_and_the_old_one_is_not()
    {
        var first = _board.Promise().Token;
        _board.Bring(first)!.Dispose();
        var second = Again();

        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That((_board.WhyNot(first), _board.Bring(second)?.CallSid, _board.WhyNot(second)), Is.EqualTo((StreamRefusal.AlreadyUsed, TestNames.CallSid, StreamRefusal.AlreadyUsed)));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void It_has_a_place_though_all_are_taken_and_the_service_is_stopping(int replicas)
    {
        _options.Replicas = replicas;
        _board.Enter().Dispose();
        using var other = _board.Enter(TestNames.Call(1));
        Calls.Draining = true;

        Assert.That(_board.Bring(Again()), Is.Not.Null);
        Assert.That((Calls.Active, Calls.Promised), Is.EqualTo((2, 0)));
    }

    [Test]
    public void While_it_is_awaited_and_while_it_is_on_a_webhook_again_is_told_that_the_call_is_over()
    {
        _board.Enter().Dispose();
        var token = Again();
        Assert.That(_board.Promise(), Is.EqualTo(new StreamPromise(null, TurnedAway.Ended)));

        using var on = _board.Bring(token);
        Assert.That((_board.Promise().Why, on is not null), Is.EqualTo((TurnedAway.Ended, true)));
    }

    [Test]
    public void Its_stream_may_come_before_the_old_one_has_gone()
    {
        var old = _board.Enter();
        var next = _board.Bring(Again());
        Assert.That((next is not null, Calls.Active), Is.EqualTo((true, 2)));

        old.Dispose();
        Assert.That((Calls.Active, _board.Promise().Why), Is.EqualTo((1, TurnedAway.Ended)));
        next!.Dispose();
        Assert.That((Calls.Active, Calls.Promised), Is.EqualTo((0, 0)));
    }

    [Test]
    public void The_old_one_may_go_while_the_new_one_is_awaited()
    {
        var old = _board.Enter();
        var token = Again();
        old.Dispose();
        Assert.That((Calls.Active, Calls.Promised), Is.EqualTo((0, 1)));

        Assert.That(_board.Bring(token), Is.Not.Null);
    }

    [Test]
    public void Asked_for_twice_the_last_token_is_good_and_it_is_one_place()
    {
        _board.Enter().Dispose();
        var (first, second) = (Again(), Again());

        Assert.That((Calls.Promised, _board.WhyNot(first), _board.Bring(second) is not null), Is.EqualTo((1, StreamRefusal.AlreadyUsed, true)));
    }

    [Test]
    public void When_nobody_comes_it_is_over_for_good_and_was_counted()
    {
        _board.Enter().Dispose();
        var token = Again();
        _board.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.That((Calls.Promised, _board.WhyNot(token), _board.Promise().Why), Is.EqualTo((0, StreamRefusal.AlreadyUsed, TurnedAway.Ended)));
        Assert.That(_board.Metrics.Measured, Is.EqualTo(new[] { "bridge.stream.never_came 1" }));
    }

    [Test]
    public void When_nobody_comes_and_the_old_one_is_still_open_the_call_gets_no_new_place()
    {
        using var old = _board.Enter();
        Again();
        _board.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.That((_board.Promise().Why, _board.WhyNot(_board.Tokens.Issue())), Is.EqualTo((TurnedAway.Ended, StreamRefusal.AlreadyUsed)));
    }

    private string Again() => Calls.PromiseAgain(TestNames.CallSid, TestNames.AccountSid);
}
