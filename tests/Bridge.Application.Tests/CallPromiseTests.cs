using Bridge.Application.Calls;
using Bridge.Application.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>A place that a webhook promised is kept for its media stream, for a while, and for no other.</summary>
public sealed class CallPromiseTests
{
    private const string One = TestNames.CallSid;
    private const string Other = "CA11111111111111111111111111111111";
    private const string Third = "CA22222222222222222222222222222222";

    private readonly BridgeOptions _options = new() { MaxConcurrentCalls = 2 };
    private readonly FakeTimeProvider _time = new();
    private CallRegistry _calls = null!;

    [SetUp]
    public void SetUp() => _calls = new CallRegistry(SubstituteOptions.Of(_options), _time);

    [TearDown]
    public void TearDown() => _calls.Dispose();

    [Test]
    public void Calls_and_promises_together_are_no_more_than_the_limit()
    {
        using var place = _calls.TryAdmit();
        Assert.That(place?.TryClaim("CA99999999999999999999999999999999"), Is.True);
        Assert.That(_calls.TryPromise(One), Is.True);
        Assert.That((_calls.HasRoom, _calls.TryPromise(Other)), Is.EqualTo((false, false)));
        Assert.That((_calls.Active, _calls.Promised), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Asked_twice_for_one_call_it_is_one_promise()
    {
        Assert.That(new[] { _calls.TryPromise(One), _calls.TryPromise(One), _calls.TryPromise(Other), _calls.TryPromise(One) }, Has.All.True);
        Assert.That(_calls.Promised, Is.EqualTo(2));
    }

    [Test]
    public void Many_at_once_get_no_more_promises_than_there_are_places()
    {
        _options.MaxConcurrentCalls = 50;
        var promised = 0;
        Parallel.For(0, 1000, i =>
        {
            if (_calls.TryPromise($"CA{i:x32}"))
                Interlocked.Increment(ref promised);
        });

        Assert.That((promised, _calls.Promised), Is.EqualTo((50, 50)));
    }

    [Test]
    public void A_promise_is_kept_for_a_minute()
    {
        _calls.TryPromise(One);
        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.That(_calls.Promised, Is.EqualTo(1));

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That((_calls.Promised, _calls.HasRoom), Is.EqualTo((0, true)));
    }

    [Test]
    public void Asked_again_it_is_kept_anew()
    {
        _calls.TryPromise(One);
        _time.Advance(TimeSpan.FromSeconds(40));
        _calls.TryPromise(One);
        _time.Advance(TimeSpan.FromSeconds(40));

        Assert.That(_calls.Promised, Is.EqualTo(1));
    }

    [Test]
    public void A_media_stream_turns_its_promise_into_a_place()
    {
        _calls.TryPromise(One);
        var place = _calls.TryAdmit()!;
        Assert.That(place.TryClaim(One), Is.True);
        Assert.That((_calls.Active, _calls.Promised), Is.EqualTo((1, 0)));

        place.Dispose();
        Assert.That((_calls.Active, _calls.Promised), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_stream_that_was_not_promised_takes_no_place_that_was()
    {
        _calls.TryPromise(One);
        _calls.TryPromise(Other);
        using var place = _calls.TryAdmit();

        Assert.That((place!.TryClaim(Third), place.TryClaim(One)), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_stream_that_was_not_promised_takes_a_place_that_is_free()
    {
        _calls.TryPromise(One);
        using var place = _calls.TryAdmit();

        Assert.That(place!.TryClaim(Third), Is.True);
    }

    [Test]
    public void A_stream_that_comes_after_its_promise_is_over_takes_a_place_if_there_is_one()
    {
        _calls.TryPromise(One);
        _time.Advance(TimeSpan.FromMinutes(2));
        using var place = _calls.TryAdmit();
        Assert.That(place!.TryClaim(One), Is.True);

        _calls.TryPromise(Other);
        using var late = _calls.TryAdmit();
        Assert.That(late!.TryClaim(Third), Is.False);
    }

    [Test]
    public void While_the_service_stops_what_was_promised_before_is_let_in_and_nothing_else()
    {
        _options.MaxConcurrentCalls = 0;
        _calls.TryPromise(One);
        _calls.Draining = true;
        Assert.That((_calls.TryPromise(Other), _calls.TryPromise(One), _calls.HasRoom, _calls.MayEnter), Is.EqualTo((false, true, false, true)));

        using var place = _calls.TryAdmit();
        Assert.That((place!.TryClaim(Other), place.TryClaim(One)), Is.EqualTo((false, true)));
        Assert.That((_calls.MayEnter, _calls.TryAdmit()), Is.EqualTo((false, (CallRegistry.Place?)null)), "there is no promise left");
    }

    [Test]
    public void With_other_instances_a_stream_that_they_promised_is_let_in_while_this_one_stops()
    {
        _options.Replicas = 2;
        _calls.Draining = true;
        using var place = _calls.TryAdmit();

        Assert.That(place?.TryClaim(One), Is.True);
    }

    [Test]
    public async Task A_bridge_closes_a_stream_that_has_no_claim_and_gives_the_place_back()
    {
        using var rig = new CallRig(o => o.MaxConcurrentCalls = 1);
        rig.Registry.TryPromise(Other);
        rig.Start();

        await rig.Run.WaitAsync(CallRig.Patience);
        Assert.That(rig.Log.Entries, Is.EqualTo(new[] { "twilio close" }));
        Assert.That((rig.Registry.Active, rig.Registry.Promised), Is.EqualTo((0, 1)));
    }
}
