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
    public void SetUp() => _calls = new CallRegistry(Microsoft.Extensions.Options.Options.Create(_options));

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

    [Test]
    public async Task Draining_an_empty_service_is_done_at_once_and_it_stays_closed()
    {
        await DrainAsync(TimeSpan.FromHours(1)).WaitAsync(CallRig.Patience);

        Assert.That((_calls.Draining, _calls.HasRoom, Admit()), Is.EqualTo((true, false, false)));
        Assert.That(_calls.CallsMustEnd.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task Draining_admits_no_more_and_waits_for_the_calls_that_are_on()
    {
        var one = _calls.TryAdmit()!;
        var other = _calls.TryAdmit()!;
        var drained = DrainAsync(TimeSpan.FromSeconds(5));
        one.Dispose();
        Assert.That((drained.IsCompleted, Admit()), Is.EqualTo((false, false)));

        other.Dispose();
        await drained.WaitAsync(CallRig.Patience);
        Assert.That(_calls.CallsMustEnd.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task When_patience_is_over_the_calls_are_ended_and_their_end_is_awaited()
    {
        var call = _calls.TryAdmit()!;
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var mustEnd = _calls.CallsMustEnd.Register(() => told.TrySetResult());
        var drained = DrainAsync(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4.999));
        Assert.That(_calls.CallsMustEnd.IsCancellationRequested, Is.False);

        _time.Advance(TimeSpan.FromSeconds(0.001));
        await told.Task.WaitAsync(CallRig.Patience);
        Assert.That(drained.IsCompleted, Is.False);
        call.Dispose();
        await drained.WaitAsync(CallRig.Patience);
    }

    [Test]
    public async Task A_host_that_will_not_wait_any_longer_has_the_calls_told_to_end()
    {
        using var call = _calls.TryAdmit();
        using var hurry = new CancellationTokenSource();
        var drained = _calls.DrainAsync(TimeSpan.FromHours(1), _time, hurry.Token);
        await hurry.CancelAsync();

        await Assert.ThatAsync(() => drained.WaitAsync(CallRig.Patience), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_calls.CallsMustEnd.IsCancellationRequested, Is.True);
    }

    [Test]
    public async Task A_host_that_will_not_wait_at_all_has_the_calls_told_to_end()
    {
        using var call = _calls.TryAdmit();

        await Assert.ThatAsync(() => _calls.DrainAsync(TimeSpan.FromHours(1), _time, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That((_calls.Draining, _calls.CallsMustEnd.IsCancellationRequested), Is.EqualTo((true, true)));
    }

    private bool Admit() => _calls.TryAdmit() is not null;

    private Task DrainAsync(TimeSpan patience) => _calls.DrainAsync(patience, _time, CancellationToken.None);
}
