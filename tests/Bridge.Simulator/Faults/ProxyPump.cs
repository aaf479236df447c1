using System.Net.Sockets;
using System.Threading.Channels;

namespace Bridge.Simulator.Faults;

/// <summary>Passes the bytes of one direction of one connection on, through the direction's toxics.</summary>
internal sealed class ProxyPump(
    ProxyConnection connection, Socket source, Socket target, FaultDirection direction, TimeProvider clock, CancellationToken over)
{
    private const int ChunkBytes = 4 * 1024;
    private const int MaxChunksUnderWay = 256;

    private readonly Channel<Chunk> _underWay = Channel.CreateBounded<Chunk>(MaxChunksUnderWay);
    private readonly Random _random = new(1);
    private long _due;
    private long _left;
    private Toxic? _limit;
    private volatile bool _isFinished;

    public Task RunAsync() => Task.WhenAll(GuardAsync(ReadAsync()), GuardAsync(WriteAsync()));

    /// <summary>The stream ends here for the target; what still comes is swallowed.</summary>
    public void Finish()
    {
        _isFinished = true;
        try
        {
            target.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (ProxyConnection.IsEnd(exception))
        {
            // It ended by itself.
        }
    }

    public void Limit(Toxic toxic)
    {
        Interlocked.Exchange(ref _left, toxic.Bytes);
        _limit = toxic;
    }

    private async Task GuardAsync(Task pass)
    {
        try
        {
            await pass;
        }
        catch (Exception exception) when (ProxyConnection.IsEnd(exception))
        {
            connection.Broken();
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[ChunkBytes];
        int read;
        do
        {
            var size = direction.Find(ToxicKind.Bandwidth) is { } bandwidth ? (int)Math.Clamp(bandwidth.Bytes / 20, 1, ChunkBytes) : ChunkBytes;
            read = await source.ReceiveAsync(buffer.AsMemory(0, size), over);
            var chunk = new Chunk(buffer.AsMemory(0, read).ToArray(), Due());
            await _underWay.Writer.WriteAsync(chunk, over);

            // Only a long line has much of it under way.
            if (direction.Find(ToxicKind.Latency) is null)
                await chunk.Passed.Task.WaitAsync(over);
        }
        while (read > 0);
        _underWay.Writer.Complete();
    }

    private long Due()
    {
        var now = clock.GetTimestamp();
        if (direction.Find(ToxicKind.Latency) is { } latency)
        {
            var wait = latency.Time + (latency.Jitter * ((2 * _random.NextDouble()) - 1));
            now += (long)(Math.Max(0, wait.TotalSeconds) * clock.TimestampFrequency);
        }

        return _due = Math.Max(_due, now);
    }

    private async Task WriteAsync()
    {
        await foreach (var chunk in _underWay.Reader.ReadAllAsync(over))
        {
            await DelayAsync(clock.GetElapsedTime(clock.GetTimestamp(), chunk.Due));
            if (chunk.Bytes.Length == 0)
                await EndAsync();
            else
                await PassAsync(chunk.Bytes);
            chunk.Passed.TrySetResult();
        }
    }

    private async Task PassAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0 && !_isFinished && direction.Find(ToxicKind.Timeout) is null)
        {
            var slicer = direction.Find(ToxicKind.Slicer);
            var size = (int)Math.Min(bytes.Length, slicer?.Bytes ?? bytes.Length);
            var limit = _limit is { } toxic && direction.Has(toxic) ? toxic : null;
            if (limit is not null)
                size = (int)Math.Min(size, Interlocked.Read(ref _left));
            for (var at = 0; at < size;)
                at += await target.SendAsync(bytes[at..size], over);
            bytes = bytes[size..];
            direction.Passed(size);
            if (limit is not null && Interlocked.Add(ref _left, -size) == 0)
            {
                connection.Close();
                return;
            }

            if (direction.Find(ToxicKind.Bandwidth) is { } bandwidth)
                await DelayAsync(TimeSpan.FromSeconds(size / (double)bandwidth.Bytes));
            if (slicer is not null && bytes.Length > 0)
                await DelayAsync(slicer.Time);
        }

        if (bytes.Length > 0)
            direction.Lost(bytes.Length);
    }

    private async Task EndAsync()
    {
        if (direction.Find(ToxicKind.SlowClose) is { } slow)
            await DelayAsync(slow.Time);
        if (direction.Find(ToxicKind.Timeout) is null)
            Finish();
        else
            await Task.Delay(Timeout.Infinite, over);
    }

    private Task DelayAsync(TimeSpan time) => time > TimeSpan.Zero ? Task.Delay(time, clock, over) : Task.CompletedTask;

    private sealed record Chunk(ReadOnlyMemory<byte> Bytes, long Due)
    {
        public TaskCompletionSource Passed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
