namespace Bridge.Domain.Tests.Line;

/// <summary>One direction of a TCP connection: everything arrives, delayed, in the order of sending.</summary>
internal sealed class OneWay(VirtualTime time, int delay, int jitter, Random random)
{
    private long _last;

    public void Send(Action arrival)
    {
        _last = Math.Max(_last, time.Now + delay + (jitter > 0 ? random.Next(jitter + 1) : 0));
        time.Plan(_last, arrival);
    }
}
