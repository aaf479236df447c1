namespace Bridge.Infrastructure.Tests;

/// <summary>
/// A whole call, from socket to socket: what a frame leaves behind. An optimised build must leave nothing. In a debug build
/// only the same for each frame is asked for.
/// </summary>
public sealed class HotPathCallTests
{
    private const int WarmUp = HotPathCall.WarmUp;
    private const int Frames = HotPathCall.Frames;

    private readonly long[] _allocated = new long[3];
    private readonly TaskCompletionSource _carried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    [TestCase("20", 1)]
    [TestCase("60", 3)]
    [TestCase("auto", 1)]
    public async Task Frames_of_the_caller_leave_nothing_behind(string batchMs, int frames)
    {
        await using var call = new HotPathCall(batchMs);
        var twilio = Twilio(buffer => Counts(call) ? Say(call.CallerFrame(_count * HotPathCall.FrameMs), buffer) : null);
        var model = new LoopSocket(_ => null, isClient: false);

        await RunAsync(call, twilio, model);

        // The first frames may wait for the session and go together.
        Assert.That(model.Sent, Is.InRange((Frames / frames) + 1, ((WarmUp + Frames) / frames) + 10), "each frame or batch, the greeting, the goodbye, and what is asked of a model that says nothing");
        AssertNothingLeft();
    }

    [Test]
    public async Task Four_looks_a_second_at_the_clock_leave_nothing_behind()
    {
        await using var call = new HotPathCall(isWatched: true);
        // The watch begins after the caller's side, which must not be over by then.
        var watched = new TaskCompletionSource();
        var twilio = Twilio(buffer => Counts(call) ? Say(call.CallerFrame(_count * HotPathCall.FrameMs), buffer) : null, watched.Task);

        await RunAsync(call, twilio, new LoopSocket(_ => null, isClient: false), watched.SetResult);

        Assert.That(call.Time.Rings, Is.InRange((WarmUp + Frames) * HotPathCall.FrameMs / 260, (WarmUp + Frames) * HotPathCall.FrameMs / 200));
        AssertNothingLeft();
    }

    [Test]
    public async Task Deltas_of_the_model_and_their_marks_leave_nothing_behind()
    {
        await using var call = new HotPathCall();
        var delta = Wire.Bytes(HotPathCall.Delta);
        var twilio = Twilio(_ => null);
        var model = new LoopSocket(buffer => Counts(call) ? Say(delta.Span, buffer) : null, isClient: false);

        await RunAsync(call, twilio, model);

        Assert.That(twilio.Sent, Is.InRange(WarmUp + Frames, WarmUp + Frames + 10), "each delta; its mark goes with it");
        AssertNothingLeft();
    }

    /// <summary>Counts a frame, and the time it takes; writes down what was allocated at the beginning, the middle and the end; false when there were enough.</summary>
    private bool Counts(HotPathCall call)
    {
        if (_count is WarmUp or WarmUp + (Frames / 2) or WarmUp + Frames)
            _allocated[(_count - WarmUp) / (Frames / 2)] = GC.GetAllocatedBytesForCurrentThread();
        call.Time.Step(TimeSpan.FromMilliseconds(HotPathCall.FrameMs));
        if (_count++ < WarmUp + Frames)
            return true;
        _carried.TrySetResult();
        return false;
    }

    private void AssertNothingLeft()
    {
        var (first, second) = (_allocated[1] - _allocated[0], _allocated[2] - _allocated[1]);

        Assert.That((first, second), Is.EqualTo(HotPathCall.IsOptimised ? (0L, 0L) : (second, second)));
    }

    private async Task RunAsync(HotPathCall call, LoopSocket twilio, LoopSocket model, Action? goOn = null)
    {
        // Nothing here ever waits, so all frames are carried before this returns, on this thread; or on the one that goes on.
        var run = call.RunAsync(twilio, model);
        goOn?.Invoke();
        await _carried.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.That(_count, Is.EqualTo(WarmUp + Frames + 1));
        twilio.Closes();
        model.Closes();
        await run.WaitAsync(SocketPair.Patience);
    }

    private static LoopSocket Twilio(LoopSocket.Next next, Task? goesOn = null)
    {
        var start = Wire.Bytes(HotPathCall.Start);
        var started = false;
        return new LoopSocket(buffer =>
        {
            if (started)
                return next(buffer);
            started = true;
            return Say(start.Span, buffer);
        }, isClient: true, goesOn);
    }

    private static int? Say(ReadOnlySpan<byte> message, Span<byte> buffer)
    {
        message.CopyTo(buffer);
        return message.Length;
    }
}
