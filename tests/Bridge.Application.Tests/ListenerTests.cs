using Bridge.Application.Calls;
using Bridge.Domain.Transcripts;
using MediatR;
using Microsoft.Extensions.Logging;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Bridge.Application.Tests;

/// <summary>A listener that is slow holds up nobody's audio and nobody's place; one that fails ends nothing.</summary>
public sealed class ListenerTests
{
    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task Audio_goes_on_both_ways_while_a_listener_to_turns_takes_its_time()
    {
        var slow = new TaskCompletionSource();
        _rig.Mediator.Listener = n => n is TurnEnded ? slow.Task : Task.CompletedTask;
        _rig.Start();
        await TurnAsync("item_1", "one");
        await TurnAsync("item_2", "two");
        await _rig.Twilio.FrameAsync(20);
        await _rig.Model.DeltaAsync("resp_1", "item_3", 20);
        Assert.That((_rig.Model.Heard.Length, _rig.Log.Count("twilio media 160")), Is.EqualTo((160L, 1)));
        Assert.That(_rig.Turns.Count(), Is.LessThanOrEqualTo(1), "one after the other");

        slow.SetResult();
        await _rig.Mediator.PublishedAsync<TurnEnded>(2);
        Assert.That(_rig.Turns.Select(t => t.Heard), Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public async Task A_call_gives_back_its_place_and_its_time_stops_though_a_listener_to_turns_takes_its_own()
    {
        var slow = new TaskCompletionSource();
        _rig.Mediator.Listener = n => n is TurnEnded ? slow.Task : Task.CompletedTask;
        _rig.Start();
        await TurnAsync("item_1", "one");
        await _rig.Mediator.PublishedAsync<TurnEnded>(1);
        await _rig.Twilio.StopAsync();
        await _rig.Log.SaidAsync("twilio close");
        // It is given back at once or never: all that is left to do needs no thread but these.
        var given = await SoonAsync(() => _rig.Registry.Active == 0);
        _rig.Time.Advance(TimeSpan.FromHours(1));
        slow.SetResult();
        var summary = await _rig.EndAsync();

        Assert.That((given, summary.Duration), Is.EqualTo((true, TimeSpan.Zero)));
    }

    [Test]
    public async Task A_listener_to_turns_that_fails_hears_of_the_next_one_and_of_the_end()
    {
        _rig.Mediator.Listener = n => n is TurnEnded ? Task.FromException(new InvalidOperationException("A listener's own fault.")) : Task.CompletedTask;
        _rig.Start();
        await TurnAsync("item_1", "one");
        await TurnAsync("item_2", "two");
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        Assert.That(_rig.Turns.Select(t => t.Heard), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(_rig.PublisherLogger.Entries.Count(e => e.Level == LogLevel.Error && e.Text.Contains(nameof(TurnEnded))), Is.EqualTo(2));
    }

    [Test]
    public async Task Who_publishes_does_not_wait_even_for_a_listener_that_blocks()
    {
        using var blocked = new ManualResetEventSlim();
        var mediator = Substitute.For<IMediator>();
        mediator.Publish(Arg.Any<INotification>(), Arg.Any<CancellationToken>()).Returns(_ =>
        {
            blocked.Wait(CallRig.Patience);
            return Task.CompletedTask;
        });
        var told = new CallPublisher(mediator, TimeProvider.System, SubstituteLogger.Of<CallPublisher>()).PublishAsync(new CallStarted(TestNames.Identity));
        Assert.That(told.IsCompleted, Is.False);

        blocked.Set();
        await told.WaitAsync(CallRig.Patience);
    }

    [Test]
    public async Task What_a_listener_throws_is_logged_with_what_it_was_told_of()
    {
        var mediator = Substitute.For<IMediator>();
        mediator.Publish(Arg.Any<INotification>(), Arg.Any<CancellationToken>()).ThrowsAsync(new NotSupportedException("a fault of theirs"));
        var logger = SubstituteLogger.Of<CallPublisher>();
        await new CallPublisher(mediator, TimeProvider.System, logger).PublishAsync(new CallStarted(TestNames.Identity)).WaitAsync(CallRig.Patience);

        var (level, text) = logger.Lines().Single();
        Assert.That((level, text.Contains(nameof(CallStarted))), Is.EqualTo((LogLevel.Error, true)));
    }

    /// <summary>A turn of the caller's: it is over when its words are here.</summary>
    private Task TurnAsync(string item, string words) => _rig.Model.AllWordsAsync(item, Speaker.Caller, words);

    /// <summary>Does it come true while other threads run?</summary>
    private static async Task<bool> SoonAsync(Func<bool> holds)
    {
        for (var i = 0; i < 10_000 && !holds(); i++)
            await Task.Yield();
        return holds();
    }
}
