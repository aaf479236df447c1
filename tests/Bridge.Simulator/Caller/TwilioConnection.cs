using System.Net.Sockets;

namespace Bridge.Simulator.Caller;

/// <summary>
/// The TCP connection below a stream, with the faults only it can have: it stops reading, swallows pongs, or ends its own side alone. A
/// WebSocket writes a frame at a time.
/// </summary>
internal sealed class TwilioConnection(Socket socket, bool swallowPings) : AsyncStream
{
    // About 7 s of speech as messages. With less than two of loopback's 64 KiB segments the connection crawls for ever after.
    private const int SmallBuffer = 128 * 1024;
    private const byte PongFrame = 0xA;

    private readonly NetworkStream _inner = new(socket, ownsSocket: true);
    private volatile TaskCompletionSource _mayRead = Opened();

    public Socket Socket => socket;

    /// <summary>Takes nothing more from the kernel, which is told to keep little.</summary>
    public void StopReading()
    {
        socket.ReceiveBufferSize = SmallBuffer;
        if (_mayRead.Task.IsCompleted)
            _mayRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void ResumeReading() => _mayRead.TrySetResult();

    /// <summary>A FIN, and reading goes on.</summary>
    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            await _mayRead.Task.WaitAsync(cancellationToken);

            // Nothing is read by this, but there is something to read afterwards: reading may have been stopped while it waited.
            var nothing = await _inner.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (nothing == 0 && _mayRead.Task.IsCompleted)
                return await _inner.ReadAsync(buffer, cancellationToken);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        swallowPings && buffer.Length > 0 && (buffer.Span[0] & 0x8F) == (0x80 | PongFrame)
            ? ValueTask.CompletedTask
            : _inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    public override void Flush() => _inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        _mayRead.TrySetResult();
        base.Dispose(disposing);
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        opened.SetResult();
        return opened;
    }
}
