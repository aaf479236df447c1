using Bridge.Application.Abstractions;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>What we ask for crosses what the model does. One response at a time, and no race ends or stalls a call.</summary>
public sealed class CollisionTests
{
    private readonly CallRig _rig = new();

    [SetUp]
    public void SetUp() => _rig.Start();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task A_request_that_is_refused_because_another_is_active_is_made_again_once_after_its_end()
    {
        await _rig.Model.BeginsAsync("resp_own");
        await RefuseAsync();
        Assert.That(Creates(), Is.EqualTo(1), "the other is still active");

        await _rig.Model.DeltaAsync("resp_own", "item_own", 20);
        await _rig.Model.EndsAsync("resp_own");
        Assert.That(Creates(), Is.EqualTo(2));
        await _rig.Model.AnswersAsync("resp_ours", "item_ours", 20, request: 1);
        Assert.That(Creates(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_refusal_that_comes_after_the_others_end_does_not_stall()
    {
        await _rig.Model.AnswersAsync("resp_own", "item_own", 20);
        await RefuseAsync();

        Assert.That(Creates(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_request_that_is_refused_for_ever_is_given_up()
    {
        for (var i = 0; i < 10; i++)
        {
            await RefuseAsync();
            await RefuseAsync();
            await _rig.Model.AnswersAsync($"resp_{i}", $"item_{i}", 20);
        }

        Assert.That(Creates(), Is.EqualTo(3));
        await AssertAliveAsync();
    }

    [Test]
    public async Task An_answer_to_a_request_made_before_the_caller_spoke_is_cancelled_by_its_id_and_not_heard()
    {
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.BeginsAsync("resp_orphan", request: 1);
        await _rig.Model.DeltaAsync("resp_orphan", "item_1", 400);

        Assert.That(_rig.Log.From("model"), Is.EqualTo(new[] { "model create 1", "model cancel resp_orphan", "model truncate item_1.0 at 0" }));
        Assert.That(_rig.Log.From("twilio"), Is.Empty);
    }

    [Test]
    public async Task A_cancel_that_crosses_the_responses_end_is_a_race_and_the_next_answer_is_heard()
    {
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.BeginsAsync("resp_orphan", request: 1);
        await _rig.Model.EndsAsync("resp_orphan");
        await _rig.Model.ErrorAsync("response_cancel_not_active", RealtimeErrorKind.NothingToCancel);
        await _rig.Model.BeginsAsync("resp_own");
        await _rig.Model.DeltaAsync("resp_own", "item_2", 400);

        Assert.That(_rig.Log.From("twilio media"), Is.EqualTo(new[] { "twilio media 3200" }));
        Assert.That(Creates(), Is.EqualTo(1));
        await AssertAliveAsync();
    }

    [Test]
    public async Task A_request_that_is_refused_when_the_caller_has_spoken_is_not_made_again()
    {
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await RefuseAsync();

        Assert.That(Creates(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_response_that_began_before_the_caller_spoke_is_no_orphan()
    {
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.From("model cancel"), Is.Empty);
    }

    [Test]
    public async Task A_response_the_model_began_by_itself_is_not_mistaken_for_the_orphan()
    {
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.BeginsAsync("resp_own");
        await _rig.Model.DeltaAsync("resp_own", "item_1", 400);

        Assert.That(_rig.Log.From("model cancel"), Is.Empty);
        Assert.That(_rig.Log.From("twilio media"), Is.EqualTo(new[] { "twilio media 3200" }));
    }

    [Test]
    public async Task Audio_of_a_response_cut_before_its_first_delta_is_not_heard()
    {
        await _rig.Model.BeginsAsync("resp_1", request: 1);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.EndsAsync("resp_1");

        Assert.That(_rig.Log.From("twilio"), Is.Empty, "nothing was unheard, and nothing is played");
        Assert.That(_rig.Log.From("model"), Is.EqualTo(new[] { "model create 1", "model truncate item_1.0 at 0" }), "told once");
    }

    [Test]
    public async Task An_error_about_something_else_releases_no_request()
    {
        await _rig.Model.ErrorAsync("input_audio_buffer_commit_empty", request: null);
        await _rig.Model.ErrorAsync("invalid_value", request: 7);
        await RefuseAsync();

        Assert.That(Creates(), Is.EqualTo(2), "it was still under way, and is made again");
    }

    [Test]
    public async Task A_request_that_failed_for_a_reason_of_its_own_is_over()
    {
        await _rig.Model.ErrorAsync("invalid_value", request: 1);
        await RefuseAsync();

        Assert.That(Creates(), Is.EqualTo(1));
        await AssertAliveAsync();
    }

    [Test]
    public async Task Races_are_counted_and_logged_at_Debug_and_nowhere_above()
    {
        await RefuseAsync();
        await _rig.Model.ErrorAsync("response_cancel_not_active", RealtimeErrorKind.NothingToCancel);

        Assert.That(
            _rig.Metrics.Measured.Where(m => m.StartsWith("bridge.response.races", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "bridge.response.races 1 kind=response_active", "bridge.response.races 1 kind=nothing_to_cancel" }));
        Assert.That(Lines(LogLevel.Debug), Has.Some.Contains("conversation_already_has_active_response").And.Some.Contains("response_cancel_not_active"));
        Assert.That(_rig.Logger.Entries.Where(e => e.Level >= LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task An_error_is_a_warning_by_its_names_and_its_words_are_for_Trace()
    {
        await _rig.Model.ErrorAsync("invalid_value");
        await _rig.Model.SaysAsync(new RealtimeEvent(RealtimeEventKind.ResponseFinished, "resp_1", Error: new RealtimeError("rate_limit_exceeded", "", "A sentence.", RealtimeErrorKind.Other)));

        Assert.That(Lines(LogLevel.Warning), Has.Some.Contains("invalid_value").And.Some.Contains("a.parameter").And.Some.Contains("rate_limit_exceeded"));
        Assert.That(_rig.Logger.Entries.Where(e => e.Text.Contains("A sentence.")).Select(e => e.Level), Is.EqualTo(new[] { LogLevel.Trace, LogLevel.Trace }));
    }

    private Task RefuseAsync() => _rig.Model.ErrorAsync("conversation_already_has_active_response", RealtimeErrorKind.ResponseActive, request: 1);

    private int Creates() => _rig.Log.Count("model create 1");

    private IEnumerable<string> Lines(LogLevel level) => _rig.Logger.Entries.Where(e => e.Level == level).Select(e => e.Text);

    private async Task AssertAliveAsync()
    {
        await _rig.Twilio.FrameAsync(20);
        Assert.That(_rig.Run.IsCompleted, Is.False);
    }
}
