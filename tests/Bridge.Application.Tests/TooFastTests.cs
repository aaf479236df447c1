using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>Audio that comes faster than anybody speaks is not the caller's: it is dropped, counted, and ends the stream.</summary>
public sealed class TooFastTests
{
    private readonly CallRig _rig = new(CallRig.Endless);
    private long _stamp;

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [TestCase(2)]
    [TestCase(50)]
    public async Task A_flood_ends_in_a_breach_of_the_protocol_and_costs_the_model_no_more_than_a_fifth_above_time(int times)
    {
        _rig.Start();
        for (var frame = 0; frame < 1_000 * times; frame++)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(20.0 / times));
            await _rig.Twilio.FrameAsync(_stamp += 20);
        }

        var summary = await _rig.EndAsync();
        var seconds = summary.CallerFrames / (50.0 * times);
        Assert.That(seconds, Is.InRange(10, 13), "ten, after the burst");
        Assert.That(_rig.Model.Heard.Length, Is.LessThanOrEqualTo((seconds * 1.2 * 8_000) + 16_000));
        Assert.That(summary.Skips.TooFast, Is.EqualTo(summary.CallerFrames - (_rig.Model.Heard.Length / 160)).And.GreaterThan(0));
        await _rig.EndsOnceAsync(CallEndReason.ProtocolViolation, modelCloses: 1);
        Assert.That(_rig.Logger.Entries, Has.Exactly(1).Matches<(Microsoft.Extensions.Logging.LogLevel, string Text)>(e => e.Text.Contains("faster than real time")));
    }

    [Test]
    public async Task No_silence_is_smuggled_in_by_stamps_that_run_ahead()
    {
        _rig.Start();
        for (var frame = 0; frame < 250; frame++)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(20));
            await _rig.Twilio.FrameAsync(_stamp += 2_000);
        }

        Assert.That(_rig.Model.Heard.Length, Is.LessThanOrEqualTo((5 * 1.2 * 8_000) + 16_000), "five seconds passed");
    }

    [Test]
    public async Task A_caller_whose_line_stalls_for_eight_seconds_and_then_catches_up_loses_nothing()
    {
        _rig.Start();
        for (var frame = 0; frame < 100; frame++)
            await _rig.FrameAtAsync(_stamp += 20, 1);
        _rig.Time.Advance(TimeSpan.FromSeconds(8));
        for (var frame = 0; frame < 400; frame++)
            await _rig.Twilio.FrameAsync(_stamp += 20, 2);
        await _rig.Twilio.StopAsync();

        var summary = await _rig.EndAsync();
        Assert.That((summary.Reason, summary.Skips.TooFast), Is.EqualTo((CallEndReason.CallerHungUp, 0L)));
        Assert.That(_rig.Model.Heard.ToArray().Count(b => b == 2), Is.EqualTo(400 * 160));
    }

    [Test]
    public async Task With_a_burst_of_nothing_everything_passes()
    {
        _rig.Options.CallerAudio.BurstMs = 0;
        _rig.Start();
        for (var frame = 0; frame < 1_000; frame++)
            await _rig.Twilio.FrameAsync(_stamp += 20);

        Assert.That(_rig.Model.Heard.Length, Is.EqualTo(160_000));
    }

    [Test]
    public async Task A_flood_while_the_model_is_dialled_is_a_flood()
    {
        _rig.Mediator.HoldOpening();
        _rig.Start();
        for (var frame = 0; frame < 2_000 && !_rig.Run.IsCompleted; frame++)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(10));
            await _rig.Twilio.FrameAsync(_stamp += 20);
        }

        await _rig.EndsOnceAsync(CallEndReason.ProtocolViolation, modelCloses: 0);
    }
}
