using Bridge.Simulator.Model;

namespace Bridge.Simulator.Caller;

/// <summary>
/// What a call does as time passes, virtual or real: marks are returned, frames are sent, and the line delivers what has arrived.
/// </summary>
internal sealed class CallerTime(TimeProvider clock, CallerLine line, Barrier? barrier, Func<CancellationToken, Task> sendFrame)
{
    /// <summary>A frame's time.</summary>
    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private long _frames;
    private bool _keepsStep;

    public long StartedAt { get; } = clock.GetTimestamp();

    public void KeepStepWith(FakeConversation session)
    {
        barrier?.Add(session);
        _keepsStep = true;
    }

    public Task SettleAsync(CancellationToken cancellationToken) => barrier?.SettleAsync(cancellationToken) ?? Task.CompletedTask;

    public async Task<bool> PassUntilAsync(Func<bool> condition, TimeSpan longest, CancellationToken cancellationToken)
    {
        var manual = (ManualClock)clock;
        var end = clock.GetTimestamp() + longest.Ticks;
        if (_keepsStep)
            await SettleAsync(cancellationToken);
        while (!condition())
        {
            var now = clock.GetTimestamp();
            if (now >= end)
                return false;
            var toNext = TimeSpan.TicksPerMillisecond - ((now - StartedAt) % TimeSpan.TicksPerMillisecond);
            manual.Advance(TimeSpan.FromTicks(Math.Min(toNext, end - now)));
            await LiveAsync(cancellationToken);
        }

        return true;
    }

    /// <summary>Real time, by the absolute: a late frame does not make the next one late.</summary>
    public async Task RunAsync(Func<bool> isOver, CancellationToken stop)
    {
        try
        {
            for (var frame = 1L; !isOver(); frame++)
            {
                // A delay is cut to whole milliseconds, so it is rounded up first.
                var wait = (Frame * frame) - clock.GetElapsedTime(StartedAt);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), clock, stop);
                await line.ReturnDueMarksAsync(stop);
                await sendFrame(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    // One instant, until nothing more happens at it.
    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        bool any;
        do
        {
            if (_keepsStep)
                await SettleAsync(cancellationToken);
            any = await line.DeliverDueAsync(cancellationToken);
            while (clock.GetElapsedTime(StartedAt) >= Frame * (_frames + 1))
            {
                _frames++;
                any = true;
                await sendFrame(cancellationToken);
            }
        }
        while (any);
    }
}
