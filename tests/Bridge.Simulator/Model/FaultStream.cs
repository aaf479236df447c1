using System.Net.Sockets;
using System.Threading.Channels;
using Bridge.Simulator.Faults;

namespace Bridge.Simulator.Model;

/// <summary>
/// The bytes of one upgraded connection, below the frames: what a WebSocket of .NET cannot do wrong is done here. It can cease to read,
/// fall dumb and deaf, end without a goodbye, and write any bytes.
/// </summary>
internal sealed class FaultStream(Stream inner, Socket? connection) : AsyncStream
{
    // A pong with one byte of payload, masked with zeros: what FrameStream takes for the answer to its ping.
    private static readonly byte[] Pong = [0x8A, 0x81, 0, 0, 0, 0, (byte)FrameStream.Answer[0]];
    private static readonly byte[] Ping = [0x89, 1, (byte)FrameStream.Answer[0]];

    // For a write under way, which the far end may never take.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Channel<byte[]> _pongs = Channel.CreateUnbounded<byte[]>();
    private readonly CancellationTokenSource _disposed = new();
    private readonly TaskCompletionSource _deaf = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _read = new byte[16 * 1024];
    private volatile TaskCompletionSource? _reading;
    private volatile bool _isDumb;
    private Task<int>? _draining;

    /// <summary>What is written is dropped.</summary>
    public bool IsDumb => _isDumb;

    /// <summary>Nothing more is read: the sender's bytes pile up, first here and then at the sender.</summary>
    public void StopReading() => _reading ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReadOn() => Interlocked.Exchange(ref _reading, null)?.TrySetResult();

    /// <summary>
    /// What is written is dropped, what comes is thrown away, and nobody says goodbye. Only the simulator's own ping finds an answer, so
    /// that virtual time can go on: all that the far end could get, it has got.
    /// </summary>
    public void GoHalfOpen()
    {
        _isDumb = true;
        _deaf.TrySetResult();
    }

    /// <summary>Completes when all that was written has arrived.</summary>
    public async Task DrainAsync()
    {
        if (await _writing.WaitAsync(Patience))
            _writing.Release();
        await TightSocket.DrainAsync(connection);
    }

    /// <summary>The end of the stream, and no close frame before it.</summary>
    public async Task FinishAsync()
    {
        var mayWrite = await _writing.WaitAsync(Patience);
        try
        {
            _isDumb = true;
            connection?.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It ended by itself.
        }
        finally
        {
            if (mayWrite)
                _writing.Release();
        }
    }

    /// <summary>Writes bytes as they are; with a pause, one by one, and nothing else comes between them.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes, TimeSpan pause, TimeProvider clock, CancellationToken over)
    {
        await _writing.WaitAsync(over);
        try
        {
            var size = pause == TimeSpan.Zero ? bytes.Length : 1;
            for (var at = 0; at < bytes.Length && !_isDumb; at += size)
            {
                if (at > 0)
                    await Task.Delay(pause, clock, over);
                await inner.WriteAsync(bytes.Slice(at, size), over);
                await inner.FlushAsync(over);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await MayReadAsync();
        if (_draining is null)
        {
            // Into a buffer of its own: it may go on when the far end is not listened to any more.
            var read = inner.ReadAsync(_read.AsMemory(0, Math.Min(_read.Length, buffer.Length)), cancellationToken).AsTask();
            await Task.WhenAny(read, _deaf.Task);
            await MayReadAsync();
            if (!_deaf.Task.IsCompleted)
            {
                _read.AsMemory(0, await read).CopyTo(buffer);
                return await read;
            }

            _draining = DrainAsync(read);
            _ = _draining.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
        }

        return await ReadPongAsync(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (!_isDumb)
                await inner.WriteAsync(buffer, cancellationToken);
            else if (buffer.Span.SequenceEqual(Ping))
                _pongs.Writer.TryWrite(Pong);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_isDumb)
            await inner.FlushAsync(cancellationToken);
    }

    public override void Flush() => inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _disposed.Cancel();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private Task MayReadAsync() => _reading is { } gate ? gate.Task.WaitAsync(_disposed.Token) : Task.CompletedTask;

    private async Task<int> ReadPongAsync(Memory<byte> buffer)
    {
        var pong = _pongs.Reader.ReadAsync(_disposed.Token).AsTask();
        if (await Task.WhenAny(_draining!, pong) == _draining)
            return await _draining;
        (await pong).CopyTo(buffer);
        return Pong.Length;
    }

    private async Task<int> DrainAsync(Task<int> read)
    {
        while (await read > 0)
            read = inner.ReadAsync(_read, _disposed.Token).AsTask();
        return 0;
    }
}
