using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>Both sides' words: told turn by turn, and whole at the end, with what was heard of them.</summary>
public sealed class TranscriptTests
{
    private const string Words = "one two three four five";

    private readonly CallRig _rig = new(CallRig.Endless);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task A_turn_is_told_once_when_its_words_are_complete_and_heard_to_the_end()
    {
        _rig.Start();
        await AnswerAsync("resp_1", "item_1", after: null);
        Assert.That(_rig.Turns, Is.Empty, "nobody has heard it yet");

        await HearAsync();
        await _rig.Mediator.PublishedAsync<TurnEnded>(1);
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();
        Assert.That(_rig.Turns, Is.EqualTo(new[] { new TranscriptTurn("item_1", Speaker.Assistant, Words, "") }));
    }

    [Test]
    public async Task A_turn_that_was_cut_has_what_was_heard_and_what_was_not()
    {
        _rig.Start();
        await _rig.FrameAtAsync(0);
        await AnswerAsync("resp_1", "item_1", after: null);
        await _rig.FrameAtAsync(500);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Mediator.PublishedAsync<TurnEnded>(1);

        Assert.That(_rig.Turns, Is.EqualTo(new[] { new TranscriptTurn("item_1", Speaker.Assistant, "one two", "three four five") }));
    }

    [Test]
    public async Task Turns_are_told_in_the_order_in_which_they_end_and_the_conversation_is_in_its_own()
    {
        _rig.Start();
        await AnswerAsync("resp_1", "item_1", after: null);
        await HearAsync();
        await _rig.Model.AddsAsync("item_2", "item_1", Speaker.Caller);
        await AnswerAsync("resp_2", "item_3", after: "item_2");
        await HearAsync();
        await _rig.Model.AllWordsAsync("item_2", Speaker.Caller, "and six");
        await _rig.Mediator.PublishedAsync<TurnEnded>(3);
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        Assert.That(_rig.Turns.Select(t => t.ItemId), Is.EqualTo(new[] { "item_1", "item_3", "item_2" }), "the caller's words came last");
        Assert.That(
            _rig.Mediator.Ended.Single().Transcript,
            Is.EqualTo(new[]
            {
                new TranscriptTurn("item_1", Speaker.Assistant, Words, ""),
                new TranscriptTurn("item_2", Speaker.Caller, "and six", ""),
                new TranscriptTurn("item_3", Speaker.Assistant, Words, ""),
            }));
    }

    [Test]
    public async Task Every_turn_is_told_before_the_calls_end_is_also_the_one_it_broke_off()
    {
        _rig.Start();
        await _rig.FrameAtAsync(0);
        await AnswerAsync("resp_1", "item_1", after: null);
        await _rig.FrameAtAsync(500);
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        Assert.That(_rig.Mediator.Published.Select(n => n.GetType()), Is.EqualTo(new[] { typeof(CallStarted), typeof(TurnEnded), typeof(CallEnded) }));
        Assert.That(_rig.Turns.Single(), Is.EqualTo(new TranscriptTurn("item_1", Speaker.Assistant, "one two", "three four five")));
        Assert.That(_rig.Mediator.Published.OfType<TurnEnded>().Single().Call, Is.EqualTo(TestNames.Identity));
    }

    [Test]
    public async Task Words_whose_end_names_none_are_those_that_came()
    {
        _rig.Start();
        await _rig.Model.AddsAsync("item_1", null, Speaker.Assistant);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 100);
        await _rig.Model.WordsAsync("item_1", "one ");
        await _rig.Model.WordsAsync("item_1", "two");
        await _rig.Model.AllWordsAsync("item_1", Speaker.Assistant, null);
        await _rig.Model.ItemFinishedAsync("item_1");
        await HearAsync();
        await _rig.Mediator.PublishedAsync<TurnEnded>(1);

        Assert.That(_rig.Turns.Single().Heard, Is.EqualTo("one two"));
    }

    [Test]
    public async Task Words_whose_audio_was_dropped_were_not_heard()
    {
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1");
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await AnswerAsync("resp_1", "item_1", after: null);
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        Assert.That(_rig.Mediator.Ended.Single().Transcript, Is.EqualTo(new[] { new TranscriptTurn("item_1", Speaker.Assistant, "", Words) }));
    }

    [Test]
    public async Task Words_that_came_ahead_of_their_audio_were_not_heard_when_it_never_came()
    {
        _rig.Start();
        await _rig.Model.BeginsAsync("resp_1");
        await _rig.Model.AddsAsync("item_1", null, Speaker.Assistant);
        await _rig.Model.WordsAsync("item_1", Words);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.EndsAsync("resp_1");
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        Assert.That(_rig.Mediator.Ended.Single().Transcript, Is.EqualTo(new[] { new TranscriptTurn("item_1", Speaker.Assistant, "", Words) }));
    }

    [Test]
    public async Task Nothing_of_it_is_in_a_log_above_Trace()
    {
        _rig.Options.LogTiming = true;
        _rig.Start();
        await AnswerAsync("resp_1", "item_1", after: null);
        await _rig.Model.AddsAsync("item_2", "item_1", Speaker.Caller);
        await _rig.Model.AllWordsAsync("item_2", Speaker.Caller, "and six");
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Twilio.StopAsync();
        await _rig.EndAsync();

        var shown = _rig.Logger.Entries.Concat(_rig.PublisherLogger.Entries).Where(e => e.Level > LogLevel.Trace).Select(e => e.Text).ToList();
        Assert.That(shown, Is.Not.Empty);
        Assert.That(shown, Has.None.Contains("three").And.None.Contains("and six"));
        Assert.That(_rig.Logger.Entries.Count(e => e.Level == LogLevel.Trace && (e.Text.Contains("three") || e.Text.Contains("and six"))), Is.EqualTo(2));
    }

    private async Task AnswerAsync(string response, string item, string? after)
    {
        await _rig.Model.BeginsAsync(response);
        await _rig.Model.AddsAsync(item, after, Speaker.Assistant);
        await _rig.Model.DeltaAsync(response, item, 1000);
        await _rig.Model.WordsAsync(item, "one two");
        await _rig.Model.AllWordsAsync(item, Speaker.Assistant, Words);
        await _rig.Model.ItemFinishedAsync(item);
        await _rig.Model.EndsAsync(response);
    }

    /// <summary>Time passes, until all is played, and the last mark comes back.</summary>
    private Task HearAsync()
    {
        _rig.Time.Advance(TimeSpan.FromSeconds(10));
        var name = _rig.Log.From("twilio mark").Last().Split('m')[^1];
        return _rig.Twilio.SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Mark, Mark: new Mark(0, int.Parse(name, null))));
    }
}
