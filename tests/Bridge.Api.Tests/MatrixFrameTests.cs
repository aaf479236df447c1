using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>Odd frames of the caller must not move what was heard: it goes on at the pace of time.</summary>
[CancelAfter(30_000)]
public sealed class MatrixFrameTests
{
    [Test]
    public async Task The_position_is_right_whatever_becomes_of_the_frames([Values] FrameFault fault, [Values(0, 60)] int delay, CancellationToken cancel)
    {
        var line = new LineConditions { UpDelayMs = delay, DownDelayMs = delay };
        await using var call = await MatrixScenarioCall.StartAsync(new() { Greeting = ModelAnswer.Tones(6000), Answers = [] }, cancel, line);
        await call.HearAsync(1007);
        await CommitAsync(fault, call);
        await call.PassAsync(fault == FrameFault.SilentUntilTheEnd ? 600 : 1506);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync((2 * delay) + 5);

        Assert.That(call.Told(0), Is.EqualTo(call.Caller.Clears.Single().Items[0].HeardMs).Within(20));
        call.NothingIsWrong();
    }

    private static async Task CommitAsync(FrameFault fault, MatrixScenarioCall call)
    {
        switch (fault)
        {
            case FrameFault.Lost:
                call.Caller.Frames.Lose(25);
                break;
            case FrameFault.Silent or FrameFault.SilentUntilTheEnd:
                call.Caller.Frames.Pause(700);
                break;
            case FrameFault.SilentWithoutNumbers:
                call.Caller.Frames.Pause(700, timestampsGoOn: false);
                break;
            case FrameFault.Late:
                await call.Caller.SendLateFrameAsync(400);
                break;
            case FrameFault.Repeated:
                for (var i = 0; i < 5; i++)
                    await call.Caller.RepeatFrameAsync();
                break;
            case FrameFault.StampedFromTheStart:
                call.Caller.Frames.RestartTimestamps();
                break;
            case FrameFault.StampedWithNonsense:
                call.Caller.Frames.SpoilTimestamps("abc", 10);
                break;
            case FrameFault.StampedNegative:
                call.Caller.Frames.SpoilTimestamps("-20", 10);
                break;
            case FrameFault.StampedInTheFuture:
                call.Caller.Frames.SpoilTimestamps("3600000", 1);
                break;
        }
    }
}

/// <summary>What can be wrong with frames.</summary>
public enum FrameFault
{
    Lost,
    Silent,
    SilentUntilTheEnd,
    SilentWithoutNumbers,
    Late,
    Repeated,
    StampedFromTheStart,
    StampedWithNonsense,
    StampedNegative,
    StampedInTheFuture,
}
