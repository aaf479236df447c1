using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>What became of a stream is known to whoever asks in time, once.</summary>
public sealed class CallOutcomesTests
{
    private static readonly TranscriptTurn Said = new("item_1", Speaker.Assistant, "Hello.", "");

    private readonly FakeTimeProvider _time = new();
    private CallOutcomes _outcomes = null!;

    [SetUp]
    public void SetUp() => _outcomes = new CallOutcomes(_time);

    [Test]
    public async Task An_outcome_is_told_once()
    {
        End(CallEndReason.ModelFailed);

        var outcome = await TakeAsync();
        Assert.That((outcome?.Reason, outcome?.GoodbyeHeard, outcome?.Streams), Is.EqualTo((CallEndReason.ModelFailed, false, 1)));
        Assert.That(outcome?.History, Is.EqualTo(new[] { Said }));
        Assert.That(await TakeAsync(), Is.Null);
    }

    [Test]
    public async Task Of_a_call_that_was_never_here_nothing_is_known_and_nobody_waits()
    {
        var taken = TakeAsync();

        Assert.That(taken.IsCompleted, Is.True);
        Assert.That(await taken, Is.Null);
    }

    [Test]
    public async Task A_stream_that_is_just_ending_is_waited_for()
    {
        _outcomes.Begin(TestNames.CallSid);
        var taken = TakeAsync();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.That(taken.IsCompleted, Is.False);

        Record(CallEndReason.StreamLost);
        Assert.That((await taken.WaitAsync(CallRig.Patience))?.Reason, Is.EqualTo(CallEndReason.StreamLost));
    }

    [Test]
    public async Task A_stream_that_does_not_end_is_waited_for_two_seconds()
    {
        _outcomes.Begin(TestNames.CallSid);
        var taken = TakeAsync();
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.That(await taken.WaitAsync(CallRig.Patience), Is.Null);
    }

    [Test]
    public async Task Two_who_ask_at_once_while_it_ends_get_one_answer()
    {
        _outcomes.Begin(TestNames.CallSid);
        var taken = Task.WhenAll(TakeAsync(), TakeAsync());
        Record(CallEndReason.StreamLost);

        Assert.That((await taken.WaitAsync(CallRig.Patience)).Count(o => o is not null), Is.EqualTo(1));
    }

    [TestCase(299, true)]
    [TestCase(300, false)]
    public async Task It_is_kept_for_five_minutes(int seconds, bool known)
    {
        End(CallEndReason.ModelFailed);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.That(await TakeAsync() is not null, Is.EqualTo(known));
    }

    [Test]
    public async Task An_older_stream_of_a_call_does_not_take_the_outcome_of_a_later_one_with_it()
    {
        End(CallEndReason.StreamLost);
        _time.Advance(TimeSpan.FromMinutes(4));
        End(CallEndReason.ModelFailed);
        _time.Advance(TimeSpan.FromMinutes(4));

        Assert.That((await TakeAsync())?.Reason, Is.EqualTo(CallEndReason.ModelFailed));
    }

    [Test]
    public void A_stream_that_is_on_for_long_after_one_that_ended_is_not_forgotten()
    {
        End(CallEndReason.StreamLost);
        _outcomes.Begin(TestNames.CallSid);
        _time.Advance(TimeSpan.FromHours(1));
        _outcomes.Begin("CA00000000000000000000000000000000");

        Assert.That(TakeAsync().IsCompleted, Is.False, "it is still on");
    }

    [Test]
    public async Task A_call_that_was_promised_another_stream_goes_on_with_its_conversation()
    {
        End(CallEndReason.StreamLost);
        await TakeAsync();
        _outcomes.PromiseToResume(TestNames.CallSid);

        Assert.That(_outcomes.Begin(TestNames.CallSid)?.History, Is.EqualTo(new[] { Said }));
    }

    [Test]
    public async Task A_stream_that_was_not_promised_begins_anew_and_is_counted_all_the_same()
    {
        for (var streams = 1; streams <= 3; streams++)
        {
            Assert.That(_outcomes.Begin(TestNames.CallSid), Is.Null);
            Record(CallEndReason.StreamLost);
            Assert.That((await TakeAsync())?.Streams, Is.EqualTo(streams));
        }
    }

    [Test]
    public void A_promise_about_a_call_nobody_knows_does_nothing()
    {
        _outcomes.PromiseToResume(TestNames.CallSid);

        Assert.That(_outcomes.Begin(TestNames.CallSid), Is.Null);
    }

    [Test]
    public async Task It_is_written_down_before_the_stream_is_closed()
    {
        using var rig = new CallRig();
        rig.Twilio.Closing = () =>
        {
            var taken = rig.Outcomes.TakeAsync(TestNames.CallSid, CancellationToken.None);
            rig.Log.Add(taken.IsCompletedSuccessfully ? $"outcome {taken.Result?.Reason}" : "no outcome");
        };
        rig.Start();
        await rig.Model.ErrorAsync("closed_1008", Abstractions.RealtimeErrorKind.Closed);
        await rig.EndAsync();

        Assert.That(
            rig.Log.Entries.Where(e => e.Contains("outcome", StringComparison.Ordinal) || e == "twilio close"),
            Is.EqualTo(new[] { "outcome ModelClosed", "twilio close" }));
    }

    private void End(CallEndReason reason)
    {
        _outcomes.Begin(TestNames.CallSid);
        Record(reason);
    }

    private void Record(CallEndReason reason) => _outcomes.Record(TestNames.CallSid, reason, goodbyeHeard: false, [Said]);

    private Task<CallOutcome?> TakeAsync() => _outcomes.TakeAsync(TestNames.CallSid, CancellationToken.None);
}
