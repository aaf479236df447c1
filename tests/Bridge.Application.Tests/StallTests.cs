using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Turns;

namespace Bridge.Application.Tests;

/// <summary>An answer that does not come: the caller hears that somebody is there, and the model is asked again, and given up.</summary>
public sealed class StallTests
{
    private const string Filler = "twilio media 8000";
    private const string SayAgain = "twilio media 12000";

    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task It_is_asked_for_again_then_of_another_session_and_then_the_call_is_given_up()
    {
        var next = _rig.Next("second");
        _rig.Start();
        await _rig.PassAsync(4.75);
        Assert.That(_rig.Log.From("model create"), Is.EqualTo(new[] { "model create 1" }));
        await _rig.PassAsync(0.25);
        Assert.That(_rig.Model.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Say hello.", "Say hello." }));

        await _rig.PassAsync(4.75);
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(1));
        await _rig.PassAsync(0.25);
        await next.ReadyAsync();
        Assert.That(next.Requests.Select(r => r.Prompt), Is.EqualTo(new[] { "Say hello." }));
        Assert.That(_rig.Metrics.Measured, Does.Contain("bridge.session.reconnects 1 why=mute"));

        await _rig.PassAsync(4.75);
        Assert.That(_rig.Log.Count("twilio close"), Is.Zero);
        await _rig.PassAsync(0.25);
        await _rig.EndsOnceAsync(CallEndReason.ModelFailed, modelCloses: 1);
    }

    [Test]
    public async Task A_response_that_stalls_is_cancelled_before_another_is_asked_for_and_is_heard_no_more()
    {
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.PassAsync(5);
        Assert.That(_rig.Log.Entries.Where(e => e.StartsWith("model c", StringComparison.Ordinal)), Is.EqualTo(new[] { "model create 1", "model cancel resp_1", "model create 2" }));

        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.AnswersAsync("resp_2", "item_2", 300, request: 2);
        Assert.That((_rig.Log.Count("twilio media 3200"), _rig.Log.Count("twilio media 2400")), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task The_caller_hears_the_filler_after_two_and_a_half_seconds_and_again_while_it_lasts()
    {
        _rig.Start();
        await _rig.PassAsync(2.25);
        Assert.That(_rig.Log.From("twilio"), Is.Empty);

        await _rig.PassAsync(0.25);
        Assert.That(_rig.Log.From("twilio"), Is.EqualTo(new[] { "twilio mark g0m0", Filler, "twilio mark g0m1" }));
        await _rig.PassAsync(3.25);
        Assert.That(_rig.Log.Count(Filler), Is.EqualTo(1), "one second of filler, and not yet two and a half of silence");
        await _rig.PassAsync(0.25);
        Assert.That(_rig.Log.Count(Filler), Is.EqualTo(2));
        Assert.That(_rig.Metrics.Measured.Count(m => m == "bridge.recordings.played 1 which=filler"), Is.EqualTo(2));
    }

    [Test]
    public async Task A_session_that_is_dialled_for_is_waited_for_with_the_filler_too()
    {
        var opening = _rig.Mediator.HoldNext();
        _rig.Start();
        await _rig.Model.AnswersAsync("resp_1", "item_1", 20, request: 1);
        await _rig.PassAsync(1);
        _rig.Model.Ends();
        await _rig.Log.SaidAsync("dial 2");
        await _rig.PassAsync(2.5);

        Assert.That(_rig.Log.Count(Filler), Is.EqualTo(1));
        opening.SetCanceled();
    }

    [Test]
    public async Task The_filler_is_in_the_calls_books_a_caller_who_speaks_clears_it_and_the_model_is_told_nothing()
    {
        _rig.Start();
        await _rig.PassAsync(2.75);
        await _rig.Twilio.MarkAsync(0, 0);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.From("twilio").Last(), Is.EqualTo("twilio clear"));
        Assert.That(_rig.Log.Entries, Has.None.Contains("truncate").And.None.Contains("correct"));
    }

    [Test]
    public async Task A_filler_that_was_heard_to_its_end_is_not_cleared()
    {
        _rig.Start();
        await _rig.PassAsync(4);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That((_rig.Log.Count(Filler), _rig.Log.Count("twilio clear")), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task An_answer_without_audio_twice_is_an_apology_and_the_caller_is_asked_to_say_it_again()
    {
        _rig.Start();
        await EmptyAsync("resp_1", 1);
        Assert.That(_rig.Model.Requests[^1], Is.EqualTo(new ResponseRequest(2, "Say hello.") { AudioOnly = true }));
        await EmptyAsync("resp_2", 2);
        Assert.That(_rig.Log.Count(SayAgain), Is.Zero);

        await _rig.PassAsync(0.25);
        Assert.That(_rig.Log.From("twilio"), Is.EqualTo(new[] { "twilio mark g0m0", SayAgain, "twilio mark g0m1" }));
        await _rig.PassAsync(10);
        Assert.That(_rig.Log.From("twilio media"), Is.EqualTo(new[] { SayAgain }), "it is the caller's turn now");
        Assert.That(_rig.Metrics.Measured, Does.Contain("bridge.recordings.played 1 which=say_again"));
    }

    [Test]
    public async Task A_rate_limit_is_waited_for_and_asked_again_twice_and_then_the_call_is_given_up()
    {
        _rig.Start();
        for (var number = 1; number <= 3; number++)
        {
            await _rig.Model.BeginsAsync($"resp_{number}", number);
            await _rig.Model.SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseFinished, $"resp_{number}", Error: Limit) { Ending = ResponseEnding.RateLimited });
            Assert.That(_rig.Model.Requests, Has.Count.EqualTo(number), "not at once");
            await _rig.PassAsync(1.5);
            if (number < 3)
                Assert.That(_rig.Model.Requests, Has.Count.EqualTo(number + 1));
        }

        await _rig.EndsOnceAsync(CallEndReason.ModelFailed, modelCloses: 1);
        Assert.That(_rig.Metrics.Measured.Count(m => m == "bridge.response.failed 1 ending=RateLimited"), Is.EqualTo(3));
    }

    private static RealtimeError Limit => new("rate_limit_exceeded", "", "Later.", RealtimeErrorKind.Other) { RetryAfter = TimeSpan.FromSeconds(1.5) };

    private async Task EmptyAsync(string response, int request)
    {
        await _rig.Model.BeginsAsync(response, request);
        await _rig.Model.EndsAsync(response);
    }
}
