using System.Threading.Channels;

namespace Bridge.Simulator.Caller;

/// <summary>
/// A line on which everything takes its time and nothing overtakes. In virtual time its owner asks for what has arrived; in real time it
/// delivers by itself.
/// </summary>
internal sealed class DelayLine(TimeProvider clock, int delayMs, int jitterMs, int seed, int batchMs = 0)
{
    private readonly Lock _gate = new();
    private readonly Channel<(long Due, Func<Task> Deliver)> _queue = Channel.CreateUnbounded<(long, Func<Task>)>();
    private readonly SemaphoreSlim _delivering = new(1, 1);
    private readonly Random _dice = new(seed);
    private readonly long _origin = clock.GetTimestamp();
    private long _last;

    /// <summary>Nothing is delayed: who asks need not use the line at all.</summary>
    public bool IsDirect => delayMs + jitterMs + batchMs == 0;

    /// <summary>Puts something on the line; what is not delayed still waits for what is before it.</summary>
    public void Add(Func<Task> deliver, bool delayed = true)
    {
        lock (_gate)
        {
            var due = clock.GetTimestamp();
            if (batchMs > 0 && (due - _origin) % Ticks(batchMs) is var into and > 0)
                due += Ticks(batchMs) - into;
            if (delayed)
                due += Ticks(delayMs + _dice.Next(jitterMs + 1));
            _last = Math.Max(_last, due);
            _queue.Writer.TryWrite((_last, deliver));
        }
    }

    /// <summary>Delivers what has arrived by now, or with <paramref name="all"/> whatever is on the line; true when there was anything.</summary>
    public async Task<bool> DeliverAsync(bool all = false)
    {
        var any = false;
        await _delivering.WaitAsync();
        try
        {
            while (_queue.Reader.TryPeek(out var next) && (all || next.Due <= clock.GetTimestamp()) && _queue.Reader.TryRead(out next))
            {
                any = true;
                await next.Deliver();
            }
        }
        finally
        {
            _delivering.Release();
        }

        return any;
    }

    /// <summary>Delivers in real time until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stop))
            {
                var wait = _queue.Reader.TryPeek(out var next) ? clock.GetElapsedTime(clock.GetTimestamp(), next.Due) : TimeSpan.Zero;
                if (wait > TimeSpan.Zero)
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), clock, stop);
                await DeliverAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    private long Ticks(int milliseconds) => milliseconds * clock.TimestampFrequency / 1000;
}
