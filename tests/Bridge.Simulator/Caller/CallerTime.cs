using Bridge.Simulator.Model;

namespace Bridge.Simulator.Caller;

/// <summary>
/// What a call does as virtual time passes: marks are returned, frames are sent, and the line delivers what has arrived. A stream that is
/// over makes room for the next one, in no time.
/// </summary>
internal sealed class CallerTime(TimeProvider clock, Errand errand, Func<CallerStream> current)
{
    /// <summary>A frame's time.</summary>
    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private readonly long _origin = clock.GetTimestamp();
    private readonly List<FakeConversation> _sessions = [];
    private (CallerStream Stream, Barrier Barrier)? _barrier;
    private bool _keepsStep;

    public void KeepStepWith(FakeConversation session)
    {
        _sessions.Add(session);
        _barrier?.Barrier.Add(session);
        _keepsStep = true;
    }

    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        CallerStream stream;
        do
        {
            stream = current();
            if (BarrierOf(stream) is { } barrier)
                await barrier.SettleAsync(cancellationToken);
            await stream.EndSeenAsync(cancellationToken);
            await errand.WaitAsync(cancellationToken);
        }
        while (current() != stream);
    }

    public async Task<bool> PassUntilAsync(Func<bool> condition, TimeSpan longest, CancellationToken cancellationToken)
    {
        var manual = (ManualClock)clock;
        var end = clock.GetTimestamp() + longest.Ticks;
        await RestAsync(cancellationToken);
        while (!condition())
        {
            var now = clock.GetTimestamp();
            if (now >= end)
                return false;
            var toNext = TimeSpan.TicksPerMillisecond - ((now - _origin) % TimeSpan.TicksPerMillisecond);
            manual.Advance(TimeSpan.FromTicks(Math.Min(toNext, end - now)));
            await LiveAsync(cancellationToken);
        }

        return true;
    }

    // One instant, until nothing more happens at it.
    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        bool any;
        do
        {
            await RestAsync(cancellationToken);
            var stream = current();
            any = await stream.LiveAsync(cancellationToken);
            any |= current() != stream;
        }
        while (any);
    }

    private async Task RestAsync(CancellationToken cancellationToken)
    {
        if (_keepsStep)
        {
            await SettleAsync(cancellationToken);
            return;
        }

        await current().EndSeenAsync(cancellationToken);
        await errand.WaitAsync(cancellationToken);
    }

    private Barrier? BarrierOf(CallerStream stream)
    {
        if (stream.Socket is not { } socket)
            return null;
        if (_barrier?.Stream == stream)
            return _barrier.Value.Barrier;
        var barrier = new Barrier(socket, clock);
        _sessions.ForEach(barrier.Add);
        _barrier = (stream, barrier);
        return barrier;
    }
}
