using System.Net.Sockets;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// A connection's bytes with nothing between them and the system. A write is handed to the system at once, and what it does not take
/// then is sent when it does: a frame costs one call, and no operation is begun for it. One reader and one writer at a time.
/// </summary>
public sealed class SocketStream : NetworkStream
{
    /// <summary>What is read and thrown away at the end; more than a peer sends in the time that closing takes.</summary>
    private const int MostLeftUnread = 64 * 1024;

    private ReadOnlyMemory<byte> _first;
    private int _isClosed;

    /// <param name="socket">The connection; disposed with this. It stops blocking.</param>
    /// <exception cref="IOException">It is not connected, or not a stream.</exception>
    public SocketStream(Socket socket)
        : base(socket, ownsSocket: true)
    {
        // A send that would block says so; what is awaited is not touched by it.
        socket.Blocking = false;
    }

    /// <summary>What was read of the connection before this reads it: the first bytes that are read here.</summary>
    public void Precede(ReadOnlyMemory<byte> bytes) => _first = bytes;

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _first.IsEmpty ? base.ReadAsync(buffer, cancellationToken) : new ValueTask<int>(TakeFirst(buffer.Span));

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        var sent = Socket.Send(buffer.Span, SocketFlags.None, out var error);
        if (error != SocketError.Success)
            sent = 0;
        // Whatever else is wrong with the connection is found, and explained, there.
        return sent == buffer.Length ? ValueTask.CompletedTask : base.WriteAsync(buffer[sent..], cancellationToken);
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>The end of what was sent goes out in order. <see cref="Abort"/> does not.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isClosed, 1) == 0)
            SayGoodbye();
        base.Dispose(disposing);
    }

    /// <summary>Resets the connection: what was not sent yet is lost, and what is pending fails.</summary>
    public void Abort()
    {
        Interlocked.Exchange(ref _isClosed, 1);
        Socket.Close(0);
    }

    private int TakeFirst(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _first.Length);
        _first.Span[..taken].CopyTo(buffer);
        // At its end, no reference to what is read.
        _first = taken == _first.Length ? default : _first[taken..];
        return taken;
    }

    /// <summary>The system answers bytes that nobody read with a reset, and that may overtake the last of what was sent.</summary>
    private void SayGoodbye()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
            Span<byte> unread = stackalloc byte[2048];
            for (var left = MostLeftUnread; left > 0;)
            {
                var read = Socket.Receive(unread, SocketFlags.None, out var error);
                if (error != SocketError.Success || read == 0)
                    return;
                left -= read;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection is gone already.
        }
    }
}
