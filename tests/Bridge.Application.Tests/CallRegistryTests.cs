using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>How many calls there may be at once.</summary>
public sealed class CallRegistryTests
{
    private readonly BridgeOptions _options = new() { MaxConcurrentCalls = 2 };
    private Switchboard _board = null!;

    private CallRegistry Calls => _board.Calls;

    [SetUp]
    public void SetUp() => _board = new Switchboard(_options, Switchboard.Unlimited);

    [TearDown]
    public void TearDown() => _board.Dispose();

    [Test]
    public void It_admits_up_to_the_limit()
    {
        Assert.That(Enumerable.Range(0, 3).Select(Enters), Is.EqualTo(new[] { true, true, false }));
        Assert.That((Calls.Active, Calls.HasRoom), Is.EqualTo((2, false)));
    }

    [Test]
    public void A_limit_of_nothing_is_no_limit()
    {
        _options.MaxConcurrentCalls = 0;

        Assert.That(Enumerable.Range(0, 2000).Select(Enters), Has.All.True);
    }

    [Test]
    public void A_place_is_given_back_once_however_often_it_is_disposed()
    {
        var place = _board.Enter(TestNames.Call(1));
        _board.Enter(TestNames.Call(2));
        place.Dispose();
        place.Dispose();

        Assert.That(Calls.Active, Is.EqualTo(1));
        Assert.That(new[] { Enters(3), Enters(4) }, Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public void Many_at_once_get_no_more_places_than_there_are()
    {
        _options.MaxConcurrentCalls = 50;
        var admitted = 0;
        Parallel.For(0, 1000, i =>
        {
            if (Enters(i))
                Interlocked.Increment(ref admitted);
        });

        Assert.That((admitted, Calls.Active, Calls.Promised), Is.EqualTo((50, 50, 0)));
    }

    [Test]
    public void Streams_that_other_instances_promised_get_no_more_places_than_there_are()
    {
        Assert.That(Enumerable.Range(0, 3).Select(i => Calls.TryAdmit(Elsewhere(i), out _) is not null), Is.EqualTo(new[] { true, true, false }));
        Assert.That(Calls.TryAdmit(Elsewhere(9), out var refusal), Is.Null);
        Assert.That(refusal, Is.EqualTo(StreamRefusal.Full));
    }

    [Test]
    public void A_place_knows_its_call_and_account()
    {
        using var place = _board.Enter();

        Assert.That(place.IsFor(TestNames.CallSid, TestNames.AccountSid), Is.True);
        Assert.That(place.IsFor(TestNames.Call(1), TestNames.AccountSid), Is.False, "another call");
        Assert.That(place.IsFor(TestNames.CallSid, "AC11111111111111111111111111111111"), Is.False, "another account");
        Assert.That(place.IsFor(TestNames.CallSid, null), Is.False, "no account");
    }

    private bool Enters(int call) => _board.TryEnter(TestNames.Call(call)) is not null;

    private StreamToken Elsewhere(int call) => _board.Tokens.Issue(TestNames.Call(call), TestNames.AccountSid, "openai", TimeSpan.FromMinutes(1)).Token;
}
