using System.Collections;
using System.Reflection;
using Bridge.Application.Admission;
using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>How many calls one number may have, at once and in an hour, and how many calls may be set up in a second.</summary>
public sealed class CallerLimitsTests
{
    private const string Number = "+15005550006";

    private readonly AdmissionOptions _limits = Switchboard.Unlimited;
    private Switchboard? _board;
    private int _calls;

    /// <summary>Made when it is first used: the test sets the limits before.</summary>
    private Switchboard Board => _board ??= new Switchboard(new BridgeOptions { MaxConcurrentCalls = 0 }, _limits);

    [TearDown]
    public void TearDown() => _board?.Dispose();

    [Test]
    public void A_number_has_so_many_calls_at_once_and_another_when_one_ends()
    {
        _limits.MaxCallsPerNumber = 2;
        var first = Enter();
        Enter();
        Assert.That((Why(), Why("+15005550007")), Is.EqualTo((TurnedAway.NumberAtOnce, (TurnedAway?)null)));

        first.Dispose();
        Assert.That((Why(), Why()), Is.EqualTo(((TurnedAway?)null, TurnedAway.NumberAtOnce)));
    }

    [Test]
    public void A_promise_counts_until_nobody_came_for_it()
    {
        _limits.MaxCallsPerNumber = 1;
        Assert.That((Why(), Why()), Is.EqualTo(((TurnedAway?)null, TurnedAway.NumberAtOnce)));

        Pass(60);
        Assert.That(Why(), Is.Null);
    }

    [Test]
    public void A_webhook_that_comes_again_counts_once()
    {
        _limits.MaxCallsPerNumber = 1;
        var first = Board.Promise(from: Number);

        Assert.That((Board.Promise(from: Number), Board.Promise(from: Number)), Is.EqualTo((first, first)));
    }

    [Test]
    public void A_number_calls_so_often_in_any_hour_and_not_in_each_hour_of_the_clock()
    {
        _limits.MaxCallsPerNumberPerHour = 3;
        Enter().Dispose();
        Pass(1800);
        Enter().Dispose();
        Enter().Dispose();
        Pass(1799.999);
        Assert.That(Why(), Is.EqualTo(TurnedAway.NumberPerHour));

        Pass(0.001);
        Assert.That((Why(), Why()), Is.EqualTo(((TurnedAway?)null, TurnedAway.NumberPerHour)), "one is an hour old, two are not");
        Pass(1800);
        Assert.That((Why(), Why(), Why()), Is.EqualTo(((TurnedAway?)null, (TurnedAway?)null, TurnedAway.NumberPerHour)));
    }

    [Test]
    public void Calls_that_were_turned_away_are_not_counted()
    {
        (_limits.MaxCallsPerNumber, _limits.MaxCallsPerNumberPerHour) = (1, 2);
        var on = Enter();
        for (var i = 0; i < 10; i++)
            Assert.That(Why(), Is.EqualTo(TurnedAway.NumberAtOnce));
        on.Dispose();

        Assert.That(Why(), Is.Null);
    }

    [Test]
    public void A_call_that_goes_on_in_another_stream_is_on_and_not_counted_again_in_the_hour()
    {
        (_limits.MaxCallsPerNumber, _limits.MaxCallsPerNumberPerHour) = (1, 2);
        Board.Enter(from: Number).Dispose();
        var token = Board.Calls.PromiseAgain(TestNames.CallSid, null, CallerNumber.Of(Number, null, null));
        using (Board.Bring(token))
            Assert.That(Why(), Is.EqualTo(TurnedAway.NumberAtOnce));

        Assert.That((Why(), Why()), Is.EqualTo(((TurnedAway?)null, TurnedAway.NumberAtOnce)), "the second of two in the hour");
    }

    [Test]
    public void A_call_goes_on_in_another_stream_whatever_its_number_has_done()
    {
        (_limits.MaxCallsPerNumber, _limits.MaxCallsPerNumberPerHour, _limits.MaxSetupsPerSecond) = (1, 1, 1);
        Board.Enter(from: Number).Dispose();

        Assert.That(Board.Bring(Board.Calls.PromiseAgain(TestNames.CallSid, null, CallerNumber.Of(Number, null, null))), Is.Not.Null);
    }

    [Test]
    public void So_many_are_set_up_at_once_and_so_many_more_each_second()
    {
        _limits.MaxSetupsPerSecond = 10;
        Assert.That(LetIn(100), Is.EqualTo(10));
        Pass(0.1);
        Assert.That(LetIn(100), Is.EqualTo(1));
        Pass(0.55);
        Assert.That(LetIn(100), Is.EqualTo(5));
        Pass(0.05);
        Assert.That(LetIn(100), Is.EqualTo(1), "the half that was left over counts");
        Pass(3600);
        Assert.That(LetIn(100), Is.EqualTo(10), "no more is saved up");
        Assert.That(Why(), Is.EqualTo(TurnedAway.SetupRate));
    }

    [Test]
    public void Nothing_is_no_limit() => Assert.That(LetIn(5_000), Is.EqualTo(5_000));

    [TestCase("anonymous")]
    [TestCase("+266696687")]
    [TestCase("")]
    [TestCase(null)]
    public void Hidden_numbers_count_towards_the_totals_only(string? hidden)
    {
        (_limits.MaxCallsPerNumber, _limits.MaxCallsPerNumberPerHour, _limits.MaxSetupsPerSecond) = (1, 1, 20);

        Assert.That(LetIn(100, hidden), Is.EqualTo(20));
    }

    [Test]
    public void Of_two_hundred_thousand_calls_of_as_many_numbers_nothing_is_kept_when_their_hour_is_over()
    {
        (_limits.MaxCallsPerNumber, _limits.MaxCallsPerNumberPerHour) = (1, 1);
        for (var i = 0; i < 200_000; i++)
        {
            var place = Enter($"+1{i:d10}");
            if (i % 1_000 == 0)
                Pass(60);
            place.Dispose();
        }

        Pass(3600);
        Enter("anonymous").Dispose();
        Assert.That((Kept("_calls"), Kept("_order"), Kept("_limits._numbers"), Kept("_limits._lastHour")), Is.EqualTo((0, 0, 0, 0)));
        Pass(86_400);
        Enter("anonymous").Dispose();
        Assert.That((Kept("_ended._calls"), Kept("_ended._order")), Is.EqualTo((1, 1)));
    }

    private Calls.CallRegistry.Place Enter(string? from = Number) => Board.Enter(Next(), from);

    private TurnedAway? Why(string? from = Number) => Board.Promise(Next(), from).Why;

    private int LetIn(int calls, string? from = Number) => Enumerable.Range(0, calls).Count(_ => Why(from) is null);

    private string Next() => TestNames.Call(++_calls);

    private void Pass(double seconds) => Board.Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>How much is in a collection of the registry's: it cannot be seen from outside. What is over is swept first.</summary>
    private int Kept(string path)
    {
        _ = Board.Calls.Promised;
        object of = Board.Calls;
        foreach (var field in path.Split('.'))
            of = of.GetType().GetField(field, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(of)!;
        return (int)of.GetType().GetProperty(nameof(ICollection.Count))!.GetValue(of)!;
    }
}
