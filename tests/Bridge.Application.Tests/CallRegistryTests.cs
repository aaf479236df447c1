using Bridge.Application.Calls;
using Bridge.Application.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

public sealed class CallRegistryTests
{
    private readonly BridgeOptions _options = new() { MaxConcurrentCalls = 2 };
    private readonly FakeTimeProvider _time = new();
    private CallRegistry _calls = null!;

    [SetUp]
    public void SetUp() => _calls = new CallRegistry(SubstituteOptions.Of(_options), _time);

    [TearDown]
    public void TearDown() => _calls.Dispose();

    [Test]
    public void It_admits_up_to_the_limit()
    {
        Assert.That(new[] { Admit(), Admit(), Admit() }, Is.EqualTo(new[] { true, true, false }));
        Assert.That((_calls.Active, _calls.HasRoom), Is.EqualTo((2, false)));
    }

    [Test]
    public void A_limit_of_nothing_is_no_limit()
    {
        _options.MaxConcurrentCalls = 0;

        Assert.That(Enumerable.Range(0, 2000).All(_ => Admit()), Is.True);
    }

    [Test]
    public void A_place_is_given_back_once_however_often_it_is_disposed()
    {
        var place = _calls.TryAdmit()!;
        Admit();
        place.Dispose();
        place.Dispose();

        Assert.That(_calls.Active, Is.EqualTo(1));
        Assert.That(Admit(), Is.True);
        Assert.That(Admit(), Is.False);
    }

    [Test]
    public void Many_at_once_get_no_more_places_than_there_are()
    {
        _options.MaxConcurrentCalls = 50;
        var admitted = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (Admit())
                Interlocked.Increment(ref admitted);
        });

        Assert.That((admitted, _calls.Active), Is.EqualTo((50, 50)));
    }

    private bool Admit() => _calls.TryAdmit() is not null;
}
