using Bridge.Application.Abstractions;

namespace Bridge.Application.Tests;

/// <summary>What the caller says before the model can listen.</summary>
public sealed class EarlyAudioTests
{
    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task It_is_sent_when_the_session_is_open_in_order_and_before_what_comes_after()
    {
        var opening = _rig.Mediator.HoldOpening();
        _rig.Start();
        for (byte frame = 1; frame <= 5; frame++)
            await _rig.Twilio.FrameAsync(frame * 20, frame);
        Assert.That(_rig.Model.Heard.Length, Is.Zero, "not one byte may pass before the session is configured");

        await OpenAsync(opening);
        await _rig.Twilio.FrameAsync(120, 6);
        await _rig.Twilio.FrameAsync(140, 7);

        Assert.That(Frames(), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6, 7 }));
    }

    [Test]
    public async Task Of_more_than_ten_seconds_the_oldest_is_dropped()
    {
        var opening = _rig.Mediator.HoldOpening();
        _rig.Start();
        for (var frame = 0; frame < 503; frame++)
            await _rig.FrameAtAsync(frame * 20, (byte)(frame % 251));
        await OpenAsync(opening);
        await _rig.FrameAtAsync(503 * 20, 252);

        var expected = Enumerable.Range(3, 500).Select(frame => frame % 251).Append(252);
        Assert.That(Frames(), Is.EqualTo(expected));
    }

    [Test]
    public async Task It_moves_the_calls_clock_while_it_waits()
    {
        var opening = _rig.Mediator.HoldOpening();
        _rig.Start();
        await _rig.FrameAtAsync(1000);
        await OpenAsync(opening);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.FrameAtAsync(1120);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Entries[^1], Is.EqualTo("model truncate item_1.0 at 120"));
    }

    [Test]
    public async Task A_session_that_is_open_at_once_gets_each_frame_as_it_comes()
    {
        _rig.Start();
        await _rig.Twilio.FrameAsync(20, 1);
        await _rig.Twilio.FrameAsync(40, 2);

        Assert.That(_rig.Log.From("model append"), Is.EqualTo(new[] { "model append 160", "model append 160" }));
        Assert.That(Frames(), Is.EqualTo(new[] { 1, 2 }));
    }

    /// <summary>Opens the session, and returns when the call knows.</summary>
    private Task OpenAsync(TaskCompletionSource<IRealtimeSession> opening)
    {
        opening.SetResult(_rig.Model);
        return _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
    }

    /// <summary>What the model heard, one number for each 20 ms; all of a frame's samples must be alike.</summary>
    private IEnumerable<int> Frames()
    {
        foreach (var frame in _rig.Model.Heard.ToArray().Chunk(160))
        {
            Assert.That(frame, Has.All.EqualTo(frame[0]));
            yield return frame[0];
        }
    }
}
