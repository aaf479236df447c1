using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>What is told to whom, in which order, while a call is on.</summary>
public sealed class PumpTests
{
    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task Audio_into_silence_has_a_mark_before_it_and_the_end_of_an_item_one_behind_it()
    {
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 200);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 300);
        await _rig.Model.ItemFinishedAsync("item_1");

        Assert.That(_rig.Log.From("twilio"), Is.EqualTo(new[] { "twilio mark g0m0", "twilio media 1600", "twilio media 2400", "twilio mark g0m1" }));
    }

    [Test]
    public async Task An_interruption_clears_the_line_before_anything_is_truncated()
    {
        _rig.Start();
        await _rig.FrameAtAsync(1000);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 4000);
        await _rig.Model.DeltaAsync("resp_1", "item_2", 4000);
        await _rig.FrameAtAsync(2000);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Entries.TakeLast(3), Is.EqualTo(new[] { "twilio clear", "model truncate item_1.0 at 1000", "model truncate item_2.0 at 0" }));
    }

    [Test]
    public async Task Late_audio_of_a_cut_response_is_dropped_until_its_end_and_the_next_answer_plays()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(RealtimeEventKind.ResponseStarted, "resp_1");
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        var told = _rig.Log.Entries.Count;
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.ItemFinishedAsync("item_1");
        await _rig.Model.SaysAsync(RealtimeEventKind.ResponseFinished, "resp_1");
        Assert.That(_rig.Log.Entries.Skip(told), Is.Empty);

        await _rig.Model.SaysAsync(RealtimeEventKind.ResponseStarted, "resp_2");
        await _rig.Model.DeltaAsync("resp_2", "item_2", 400);
        Assert.That(_rig.Log.Entries.Skip(told), Is.EqualTo(new[] { "twilio mark g1m1", "twilio media 3200" }));
    }

    [Test]
    public async Task Speech_reported_twice_in_a_row_interrupts_once()
    {
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Count("twilio clear"), Is.EqualTo(1));
        Assert.That(_rig.Log.From("model truncate"), Has.Exactly(1).Items);
    }

    [Test]
    public async Task Speech_over_nothing_clears_nothing()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.From("twilio"), Is.Empty);
        Assert.That(_rig.Log.From("model"), Is.EqualTo(new[] { "model create 1" }), "the greeting, and nothing cut");
    }

    [Test]
    public async Task Speech_during_a_response_without_audio_leaves_an_answer_that_was_heard_alone()
    {
        _rig.Start();
        await _rig.FrameAtAsync(0);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.ItemFinishedAsync("item_1");
        await _rig.Model.SaysAsync(RealtimeEventKind.ResponseFinished, "resp_1");
        await _rig.FrameAtAsync(500);
        await _rig.Model.SaysAsync(RealtimeEventKind.ResponseStarted, "resp_tool");
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Count("twilio clear"), Is.Zero);
        Assert.That(_rig.Log.From("model truncate"), Is.Empty);
    }

    [Test]
    public async Task Marks_returned_by_a_clear_do_not_move_the_next_answer()
    {
        _rig.Start();
        await _rig.FrameAtAsync(1000);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        await _rig.Model.SaysAsync(RealtimeEventKind.ResponseFinished, "resp_1");
        await _rig.Model.DeltaAsync("resp_2", "item_2", 400);
        await _rig.Twilio.SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Mark, Mark: new Mark(0, 0)));
        await _rig.FrameAtAsync(1120);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Entries[^1], Is.EqualTo("model truncate item_2.0 at 120"));
    }

    [Test]
    public async Task A_returned_mark_moves_the_position()
    {
        _rig.Start();
        await _rig.FrameAtAsync(1000);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 600);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 600);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        Assert.That(_rig.Log.From("twilio mark"), Is.EqualTo(new[] { "twilio mark g0m0", "twilio mark g0m1" }), "one before it all, one a second");
        await _rig.Twilio.SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Mark, Mark: new Mark(0, 1)));
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Entries[^1], Is.EqualTo("model truncate item_1.0 at 1200"));
    }

    [Test]
    public async Task An_empty_piece_of_audio_is_not_sent()
    {
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 0);

        Assert.That(_rig.Log.From("twilio"), Is.Empty);
    }

    [Test]
    public async Task A_frame_whose_time_cannot_be_read_is_carried_and_moves_no_clock()
    {
        _rig.Start();
        await _rig.FrameAtAsync(1000);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Twilio.FrameAsync(null);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Model.Heard.Length, Is.EqualTo(320));
        Assert.That(_rig.Log.Entries[^1], Is.EqualTo("model truncate item_1.0 at 0"));
    }

    [TestCase(true, 2)]
    [TestCase(false, 0)]
    public async Task The_arithmetic_of_each_truncation_is_logged_at_Debug_when_asked_for(bool asked, int lines)
    {
        _rig.Options.LogTiming = asked;
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.DeltaAsync("resp_1", "item_2", 300);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Logger.Entries.Count(e => e.Level == LogLevel.Debug && e.Text.Contains("item_")), Is.EqualTo(lines));
        Assert.That(_rig.Logger.Entries.Count(e => e.Level == LogLevel.Information && e.Text.Contains("Interrupted")), Is.EqualTo(1));
    }

    [Test]
    public async Task The_time_to_first_audio_is_measured_once_from_the_end_of_the_callers_speech()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(750));
        await _rig.Model.DeltaAsync("resp_1", "item_1", 20);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 20);

        Assert.That(_rig.Metrics.Measured.Where(m => m.StartsWith("bridge.response.first_audio", StringComparison.Ordinal)), Is.EqualTo(new[] { "bridge.response.first_audio 0.75" }));
    }

    [Test]
    public async Task Interruptions_are_counted_and_their_reaction_measured()
    {
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Metrics.Measured, Is.SupersetOf(new[] { "bridge.interruptions 1", "bridge.interruption.reaction 0" }));
    }
}
