using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>Who is let in while the service stops: alone, or with other instances under the same address.</summary>
public sealed class DrainingRegistryTests
{
    private readonly BridgeOptions _options = new() { MaxConcurrentCalls = 2 };
    private Switchboard _board = null!;

    private CallRegistry Calls => _board.Calls;

    [SetUp]
    public void SetUp() => _board = new Switchboard(_options, Switchboard.Unlimited);

    [TearDown]
    public void TearDown() => _board.Dispose();

    [TestCase(1)]
    [TestCase(2)]
    public void What_was_promised_before_is_let_in(int replicas)
    {
        _options.Replicas = replicas;
        var token = _board.Promise().Token;
        Calls.Draining = true;

        Assert.That((_board.Promise().Token, Calls.HasRoom), Is.EqualTo((token, false)), "the webhook comes again");
        Assert.That(_board.Bring(token), Is.Not.Null);
    }

    [Test]
    public void Alone_nothing_new_is_let_in()
    {
        var elsewhere = FromAnotherInstance();
        Calls.Draining = true;

        Assert.That((_board.Promise().Why, _board.WhyNot(elsewhere)), Is.EqualTo((TurnedAway.Stopping, StreamRefusal.Stopping)));
    }

    [Test]
    public void With_other_instances_a_new_call_is_left_to_them_and_counted_nowhere()
    {
        (_options.Replicas, _options.MaxConcurrentCalls) = (2, 1);
        using var on = _board.Enter(TestNames.Call(1));
        Calls.Draining = true;

        Assert.That(_board.Promise().Token, Is.Not.Null, "though this one is full");
        Assert.That((Calls.Active, Calls.Promised), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Nobody_misses_a_stream_that_went_to_another_instance()
    {
        _options.Replicas = 2;
        Calls.Draining = true;
        _board.Promise();
        _board.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.That((_board.Metrics.Measured.Count, _board.Logger.Entries.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public void With_other_instances_a_stream_that_comes_here_all_the_same_has_a_place()
    {
        _options.Replicas = 2;
        Calls.Draining = true;
        using var one = _board.Bring(_board.Promise().Token);
        using var other = _board.Bring(FromAnotherInstance());

        Assert.That((one is not null, other is not null, Calls.Active), Is.EqualTo((true, true, 2)));
    }

    [Test]
    public void But_not_when_there_is_none()
    {
        (_options.Replicas, _options.MaxConcurrentCalls) = (2, 1);
        using var on = _board.Enter(TestNames.Call(1));
        Calls.Draining = true;
        var token = _board.Promise().Token;

        Assert.That((_board.Bring(FromAnotherInstance()), _board.Bring(token), Calls.Active), Is.EqualTo(((CallRegistry.Place?)null, (CallRegistry.Place?)null, 1)));
    }

    [Test]
    public void Called_off_new_calls_are_let_in_again()
    {
        Calls.Draining = true;
        Calls.Draining = false;

        Assert.That(_board.TryEnter(), Is.Not.Null);
    }

    private string FromAnotherInstance() => _board.Tokens.Issue(TestNames.Call(77), TestNames.AccountSid, "openai", TimeSpan.FromMinutes(1)).Text;
}
