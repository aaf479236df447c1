using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;

namespace Bridge.Application.Tests;

/// <summary>The model's socket does not take the caller's audio: the call goes on, and what is said waits.</summary>
public sealed class StuckModelTests
{
    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task What_waits_is_sent_in_order_when_the_model_takes_it_again()
    {
        await SpeakAsync(frames: 5);
        Assert.That(Frames(), Is.EqualTo(new[] { 0 }), "one append is under way, and no second one");

        _rig.Model.TakesAgain();
        await FrameAsync(5);
        await FrameAsync(6);

        Assert.That(Frames(), Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5, 6 }));
    }

    [Test]
    public async Task Of_more_than_two_seconds_the_oldest_is_dropped_and_the_summary_says_how_much()
    {
        await SpeakAsync(frames: 104);
        _rig.Model.TakesAgain();
        await FrameAsync(104);
        await _rig.Twilio.StopAsync();

        Assert.That((await _rig.EndAsync()).DroppedMs, Is.EqualTo(60));
        Assert.That(Frames(), Is.EqualTo(Enumerable.Range(4, 101).Prepend(0).Select(f => f % 251)));
    }

    [Test]
    public async Task It_may_get_stuck_again_with_audio_still_waiting()
    {
        await SpeakAsync(frames: 103);
        _rig.Model.TakesAgain();
        _rig.Model.Stuck = true;
        await FrameAsync(103);
        _rig.Model.TakesAgain();
        await FrameAsync(104);

        Assert.That(Frames(), Is.EqualTo(Enumerable.Range(3, 102).Prepend(0).Select(f => f % 251)), "each once, but for two that were too old");
    }

    [Test]
    public async Task Marks_move_the_position_meanwhile()
    {
        _rig.Model.Stuck = true;
        _rig.Start();
        await FrameAsync(0);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 1200);
        await _rig.Model.DeltaAsync("resp_1", "item_1", 400);
        await _rig.Twilio.SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Mark, Mark: new Mark(0, 1)));
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);

        Assert.That(_rig.Log.Entries[^1], Is.EqualTo("model truncate item_1.0 at 1200"));
    }

    [Test]
    public async Task A_fault_in_an_append_that_was_waited_for_ends_this_call_alone()
    {
        await SpeakAsync(frames: 2);
        _rig.Model.TakesAgain(new NotSupportedException("a fault of ours"));
        await FrameAsync(2);

        await _rig.EndsOnceAsync(CallEndReason.InternalError, modelCloses: 1);
    }

    [Test]
    public async Task A_hang_up_does_not_wait_for_what_waits()
    {
        await SpeakAsync(frames: 50);
        await _rig.Twilio.StopAsync();

        await _rig.EndsOnceAsync(CallEndReason.CallerHungUp, modelCloses: 1);
    }

    private async Task SpeakAsync(int frames)
    {
        _rig.Model.Stuck = true;
        _rig.Start();
        for (var frame = 0; frame < frames; frame++)
            await FrameAsync(frame);
    }

    private Task FrameAsync(int frame) => _rig.FrameAtAsync(frame * 20, (byte)(frame % 251));

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
