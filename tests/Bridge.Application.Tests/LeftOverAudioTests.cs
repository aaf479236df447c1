using Bridge.Application.Abstractions;
using Bridge.Application.Options;

namespace Bridge.Application.Tests;

/// <summary>What the model's socket did not take goes on when it takes again, though no frame comes that would take it along.</summary>
public sealed class LeftOverAudioTests
{
    private CallRig _rig = null!;

    [SetUp]
    public void SetUp() => Use("20");

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [TestCase("20")]
    [TestCase("60")]
    public async Task Frames_that_waited_for_the_socket_are_sent_on_when_no_more_come(string setting)
    {
        Use(setting);
        _rig.Start();
        _rig.Model.Stuck = true;
        for (byte frame = 1; frame <= 7; frame++)
            await _rig.Twilio.FrameAsync(null, frame);
        _rig.Model.TakesAgain();

        await PassUntilAsync(() => _rig.Model.HeardFrames().Count() == 7);
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Enumerable.Range(1, 7)));
    }

    [Test]
    public async Task Silence_for_frames_that_were_lost_is_kept_whole_though_the_socket_does_not_take_it_at_once()
    {
        _rig.Start();
        await _rig.FrameAtAsync(0, 1);
        _rig.Model.Stuck = true;
        await _rig.FrameAtAsync(5_000, 2);
        _rig.Model.TakesAgain();

        await PassUntilAsync(() => _rig.Model.HeardFrames().Count() == 251);
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Enumerable.Repeat(0xFF, 249).Prepend(1).Append(2)));
    }

    [Test]
    public async Task The_silence_that_ends_a_sentence_is_sent_on_too()
    {
        _rig.Start();
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
        _rig.Model.Stuck = true;
        await _rig.Twilio.FrameAsync(null, 1);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(750));
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(new[] { 1 }), "the append is under way, and the silence waits");
        _rig.Model.TakesAgain();

        await PassUntilAsync(() => _rig.Model.HeardFrames().Count() > 1);
        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(Enumerable.Repeat(0xFF, 50).Prepend(1)));
    }

    [Test]
    public async Task A_batch_that_could_not_be_sent_takes_no_place_from_the_next()
    {
        Use("60", options => options.CallerAudio.InactivitySilenceMs = 20);
        using var mayEnd = new ManualResetEventSlim();
        _rig.Twilio.Closing = _rig.Model.OnDispose = mayEnd.Wait;
        try
        {
            _rig.Start();
            await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStarted);
            await _rig.Twilio.FrameAsync(null, 1);
            await _rig.Twilio.FrameAsync(null, 2);
            _rig.Model.AppendFault = new NotSupportedException("a fault of ours");
            _rig.Time.Advance(TimeSpan.FromMilliseconds(750));
            _rig.Model.AppendFault = null;
            // The call ends for that, and the caller is still heard.
            for (byte frame = 3; frame <= 5; frame++)
                await _rig.Twilio.FrameAsync(null, frame);
        }
        finally
        {
            mayEnd.Set();
        }

        Assert.That(_rig.Model.HeardFrames(), Is.EqualTo(new[] { 1, 2, 0xFF, 3, 4, 5 }));
    }

    private void Use(string setting, Action<BridgeOptions>? configure = null)
    {
        _rig?.Dispose();
        _rig = new CallRig(options =>
        {
            CallRig.Endless(options);
            options.CallerAudio.UplinkBatchMs = setting;
            configure?.Invoke(options);
        });
    }

    /// <summary>A second at the most: the watch looks four times.</summary>
    private async Task PassUntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 4 && !holds(); i++)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.WhenAny(CallRig.UntilAsync(holds, "sent on"), Task.Delay(100));
        }
    }
}
