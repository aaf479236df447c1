using Bridge.Application.Abstractions;

namespace Bridge.Application.Tests;

/// <summary>The model's voice detection counts samples: what is missing of the caller's audio is silence, and what comes late is nothing.</summary>
public sealed class CallerTimeTests
{
    private readonly CallRig _rig = new(CallRig.Endless);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task Frames_that_are_missing_are_filled_with_silence()
    {
        await CarryAsync(1000, 1020, 1100, 1120);

        Assert.That(Appended(), Is.EqualTo(new[] { "160 voice", "160 voice", "480 silence", "160 voice", "160 voice" }));
    }

    [TestCase(1038, 2)]
    [TestCase(1039, 3)]
    public async Task Timestamps_that_are_irregular_by_a_few_milliseconds_are_no_gap(long timestamp, int appends)
    {
        await CarryAsync(1000, timestamp);

        Assert.That(Appended(), Has.Count.EqualTo(appends));
    }

    [Test]
    public async Task The_first_frame_has_nothing_missing_before_it()
    {
        await CarryAsync(7000);

        Assert.That(Appended(), Is.EqualTo(new[] { "160 voice" }));
    }

    [TestCase(null)]
    [TestCase(long.MaxValue)]
    public async Task A_timestamp_that_is_none_makes_no_silence_and_its_frame_is_kept(long? timestamp)
    {
        await CarryAsync(1000, timestamp, 1040);

        Assert.That(Appended(), Is.EqualTo(new[] { "160 voice", "160 voice", "160 voice" }));
    }

    [Test]
    public async Task A_frame_that_comes_twice_or_late_is_left_out()
    {
        await CarryAsync(1000, 1020, 1020, 1000, 1040);

        Assert.That(Appended(), Is.EqualTo(new[] { "160 voice", "160 voice", "160 voice" }));
    }

    [Test]
    public async Task A_stream_that_counts_anew_is_believed_and_its_gaps_are_filled()
    {
        await CarryAsync(5000, 5020, 0, 20, 40, 60, 140);

        Assert.That(Appended(), Is.EqualTo(new[] { "160 voice", "160 voice", "160 voice", "160 voice", "480 silence", "160 voice" }));
    }

    [Test]
    public async Task No_more_than_ten_seconds_are_filled()
    {
        _rig.Start();
        await _rig.FrameAtAsync(0);
        await _rig.FrameAtAsync(60_000);

        Assert.That(Appended(), Is.EqualTo(Enumerable.Repeat("8000 silence", 10).Prepend("160 voice").Append("160 voice")));
    }

    [Test]
    public async Task A_stamp_far_ahead_of_the_time_that_passed_is_no_gap()
    {
        _rig.Start();
        await _rig.FrameAtAsync(0);
        await _rig.Twilio.FrameAsync(3_600_000);
        await _rig.FrameAtAsync(40);

        Assert.That(Appended(), Is.EqualTo(new[] { "160 voice", "160 voice", "160 voice" }));
    }

    [TestCase(40, new[] { "160 voice", "320 silence", "160 voice" })]
    [TestCase(0, new[] { "160 voice", "160 voice" })]
    public async Task How_much_is_filled_is_a_setting_and_nothing_switches_it_off(int longest, string[] appended)
    {
        _rig.Options.CallerAudio.LongestGapMs = longest;
        await CarryAsync(0, 2000);

        Assert.That(Appended(), Is.EqualTo(appended));
    }

    [Test]
    public async Task A_provider_that_needs_no_steady_audio_gets_none_filled()
    {
        _rig.Model.Capabilities = new RealtimeCapabilities(NeedsSteadyAudio: false);
        await CarryAsync(0, 2000);

        Assert.That(Appended(), Is.EqualTo(new[] { "160 voice", "160 voice" }));
    }

    [Test]
    public async Task A_gap_before_the_session_is_open_is_not_filled()
    {
        var opening = _rig.Mediator.HoldOpening();
        await CarryAsync(0, 100);
        opening.SetResult(_rig.Model);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
        await _rig.Twilio.FrameAsync(120);

        Assert.That(_rig.Model.Heard.Length, Is.EqualTo(60 * 8));
    }

    [Test]
    public async Task An_empty_frame_is_no_audio()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(0, bytes: 0);

        Assert.That(_rig.Model.Heard.Length, Is.Zero);
    }

    private async Task CarryAsync(params long?[] timestamps)
    {
        _rig.Start();
        foreach (var timestamp in timestamps)
            await _rig.Twilio.FrameAsync(timestamp);
    }

    private List<string> Appended() => _rig.Model.Appended;
}
