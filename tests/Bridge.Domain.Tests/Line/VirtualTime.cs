namespace Bridge.Domain.Tests.Line;

/// <summary>
/// What is going to happen, in samples of time since the call began; what is due at the same instant happens in the order of planning.
/// </summary>
internal sealed class VirtualTime(Simulator.ManualClock clock)
{
    private readonly PriorityQueue<Action, (long At, long Order)> _plan = new();
    private long _order;

    public long Now { get; private set; }

    public TimeSpan Elapsed => TimeSpan.FromTicks(Now * TicksPerSample);

    public void Plan(long at, Action action) => _plan.Enqueue(action, (at, _order++));

    public void RunToTheEnd()
    {
        while (_plan.TryDequeue(out var action, out var due))
        {
            clock.Advance(TimeSpan.FromTicks((due.At - Now) * TicksPerSample));
            Now = due.At;
            action();
        }
    }

    private const long TicksPerSample = TimeSpan.TicksPerSecond / 8000;
}
