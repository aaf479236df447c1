using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>A place that a webhook promised is kept for its media stream, for a while, and for no other.</summary>
public sealed class CallPromiseTests
{
    private const string One = TestNames.CallSid;
    private const string Other = "CA11111111111111111111111111111111";
    private const string Third = "CA22222222222222222222222222222222";

    private readonly BridgeOptions _options = new() { MaxConcurrentCalls = 2 };
    private Switchboard _board = null!;

    private CallRegistry Calls => _board.Calls;

    [SetUp]
    public void SetUp() => _board = new Switchboard(_options, Switchboard.Unlimited);

    [TearDown]
    public void TearDown() => _board.Dispose();

    [Test]
    public void Calls_and_promises_together_are_no_more_than_the_limit()
    {
        using var place = _board.Enter(Third);
        Assert.That(_board.Promise(One).Why, Is.Null);
        Assert.That((Calls.HasRoom, _board.Promise(Other).Why), Is.EqualTo((false, TurnedAway.Full)));
        Assert.That((Calls.Active, Calls.Promised), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Asked_twice_for_one_call_it_is_one_promise_with_one_token()
    {
        var (first, second, other, third) = (_board.Promise(One), _board.Promise(One), _board.Promise(Other), _board.Promise(One));

        Assert.That(new[] { second, third }, Has.All.EqualTo(first));
        Assert.That(other.Token, Is.Not.EqualTo(first.Token).And.Not.Null);
        Assert.That(Calls.Promised, Is.EqualTo(2));
    }

    [Test]
    public void Asked_fifty_times_at_once_for_one_call_it_is_one_promise_with_one_token()
    {
        var tokens = new string?[50];
        Parallel.For(0, 50, i => tokens[i] = _board.Promise(One).Token);

        Assert.That(tokens.Distinct(), Is.EqualTo(new[] { tokens[0] }).And.All.Not.Null);
        Assert.That(Calls.Promised, Is.EqualTo(1));
    }

    [Test]
    public void Many_at_once_get_no_more_promises_than_there_are_places()
    {
        _options.MaxConcurrentCalls = 50;
        var promised = 0;
        Parallel.For(0, 1000, i =>
        {
            if (_board.Promise(TestNames.Call(i)).Why is null)
                Interlocked.Increment(ref promised);
        });

        Assert.That((promised, Calls.Promised), Is.EqualTo((50, 50)));
    }

    [Test]
    public void A_promise_is_kept_for_a_minute()
    {
        _board.Promise(One);
        Pass(59.9);
        Assert.That(Calls.Promised, Is.EqualTo(1));

        Pass(0.1);
        Assert.That((Calls.Promised, Calls.HasRoom), Is.EqualTo((0, true)));
    }

    [Test]
    public void Asked_again_it_is_the_same_promise_and_kept_no_longer()
    {
        _board.Promise(One);
        Pass(40);
        _board.Promise(One);
        Pass(20);

        Assert.That(Calls.Promised, Is.Zero);
    }

    [Test]
    public void A_media_stream_turns_its_promise_into_a_place()
    {
        var place = _board.Bring(_board.Promise(One).Token)!;
        Assert.That((place.CallSid, Calls.Active, Calls.Promised), Is.EqualTo((One, 1, 0)));

        place.Dispose();
        Assert.That((Calls.Active, Calls.Promised), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_stream_that_was_not_promised_here_takes_no_place_that_was()
    {
        _board.Promise(One);
        var token = _board.Promise(Other).Token;

        Assert.That(_board.WhyNot(FromAnotherInstance(Third)), Is.EqualTo(StreamRefusal.Full));
        Assert.That(_board.Bring(token), Is.Not.Null);
    }

    [Test]
    public void A_stream_that_another_instance_promised_takes_a_place_that_is_free()
    {
        _board.Promise(One);

        Assert.That(_board.Bring(FromAnotherInstance(Third)), Is.Not.Null);
        Assert.That((Calls.Active, Calls.Promised), Is.EqualTo((1, 1)));
    }

    [Test]
    public void A_stream_that_comes_after_its_promise_is_over_has_no_place_though_there_are_some()
    {
        var token = _board.Promise(One).Token;
        Pass(120);

        Assert.That((_board.WhyNot(token), Calls.Active), Is.EqualTo((StreamRefusal.Expired, 0)));
    }

    [Test]
    public void A_webhook_that_comes_after_its_promise_is_over_is_promised_nothing_and_its_stream_is_too_late()
    {
        var late = _board.Promise(One).Token;
        Pass(120);

        Assert.That(_board.Promise(One).Why, Is.EqualTo(TurnedAway.Ended), "who overheard it gets no place by it");
        Assert.That(_board.WhyNot(late), Is.EqualTo(StreamRefusal.Expired));
        Assert.That(_board.Bring(_board.Calls.PromiseAgain(One, TestNames.AccountSid)), Is.Not.Null, "a caller who is still there gets another stream");
    }

    [TestCase(0, 60)]
    [TestCase(420, 60)]
    [TestCase(1400, 130)]
    public void A_long_intro_does_not_use_up_the_promise(int characters, int seconds)
    {
        using var board = new Switchboard(new BridgeOptions(), twilio: new TwilioOptions { IntroText = new string('a', characters) });
        board.Promise(One);
        board.Time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        Assert.That(board.Calls.Promised, Is.EqualTo(1));
        board.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(board.Calls.Promised, Is.Zero);
    }

    private void Pass(double seconds) => _board.Time.Advance(TimeSpan.FromSeconds(seconds));

    private string FromAnotherInstance(string callSid) => _board.Tokens.Issue(callSid, TestNames.AccountSid, "openai", TimeSpan.FromMinutes(1)).Text;
}
