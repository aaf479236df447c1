using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>A token opens one stream, once; a call that is over stays over, whatever is sent again.</summary>
public sealed class StreamReuseTests
{
    private Switchboard _board = null!;

    [SetUp]
    public void SetUp() => _board = new Switchboard(new BridgeOptions { MaxConcurrentCalls = 10 });

    [TearDown]
    public void TearDown() => _board.Dispose();

    [Test]
    public void While_the_call_is_on_a_second_stream_is_refused()
    {
        var token = _board.Promise().Token;
        using var on = _board.Bring(token);

        Assert.That((_board.WhyNot(token), _board.Calls.Active), Is.EqualTo((StreamRefusal.AlreadyUsed, 1)));
    }

    [Test]
    public void A_webhook_again_while_the_call_is_on_has_the_same_answer_and_gives_no_second_stream()
    {
        var first = _board.Promise();
        using var on = _board.Bring(first.Token);

        Assert.That(_board.Promise(), Is.EqualTo(first));
        Assert.That((_board.WhyNot(first.Token), _board.Calls.Active, _board.Calls.Promised), Is.EqualTo((StreamRefusal.AlreadyUsed, 1, 0)));
    }

    [Test]
    public void A_webhook_here_of_a_call_that_another_instance_promised_and_that_is_on_here_has_the_token_that_opened_it()
    {
        var text = _board.Tokens.Issue();
        using var on = _board.Bring(text);

        Assert.That(_board.Promise(), Is.EqualTo(new StreamPromise(text, null)));
    }

    [Test]
    public void After_the_call_neither_its_token_nor_its_webhook_is_good_for_anything()
    {
        var token = _board.Promise().Token;
        _board.Bring(token)!.Dispose();

        Assert.That((_board.WhyNot(token), _board.Promise()), Is.EqualTo((StreamRefusal.AlreadyUsed, new StreamPromise(null, TurnedAway.Ended))));
        Assert.That((_board.Calls.Active, _board.Calls.Promised), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Nor_another_token_of_the_same_call_from_whichever_instance()
    {
        _board.Enter().Dispose();

        Assert.That(_board.WhyNot(_board.Tokens.Issue()), Is.EqualTo(StreamRefusal.AlreadyUsed));
    }

    [Test]
    public void A_call_is_the_same_call_however_its_digits_are_written()
    {
        var upper = "CA" + TestNames.CallSid[2..].ToUpperInvariant();
        var first = _board.Promise();
        Assert.That(_board.Promise(upper), Is.EqualTo(first));

        _board.Bring(first.Token)!.Dispose();
        Assert.That(_board.Promise(upper).Why, Is.EqualTo(TurnedAway.Ended));
    }

    [Test]
    public void A_call_that_is_over_stays_over_for_a_day()
    {
        _board.Enter().Dispose();
        _board.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        _board.Enter(TestNames.Call(1)).Dispose();

        Assert.That(_board.Promise().Why, Is.EqualTo(TurnedAway.Ended));
    }

    [Test]
    public void And_is_forgotten_then_when_another_ends()
    {
        _board.Enter().Dispose();
        _board.Time.Advance(TimeSpan.FromHours(24));
        _board.Enter(TestNames.Call(1)).Dispose();

        Assert.That(_board.Promise().Why, Is.Null);
    }

    [Test]
    public void Of_a_hundred_streams_at_once_with_one_token_exactly_one_comes_in()
    {
        for (var round = 0; round < 50; round++)
        {
            var token = _board.Tokens.Prove(_board.Promise(TestNames.Call(round)).Token, out _)!;
            var came = new CallRegistry.Place?[100];
            var refusals = new StreamRefusal[100];
            Parallel.For(0, 100, i => came[i] = _board.Calls.TryAdmit(token, out refusals[i]));

            Assert.That(came.Count(p => p is not null), Is.EqualTo(1));
            Assert.That(refusals.Where((_, i) => came[i] is null), Has.All.EqualTo(StreamRefusal.AlreadyUsed));
            came.Single(p => p is not null)!.Dispose();
            Assert.That(_board.Calls.Active, Is.Zero);
        }
    }
}
