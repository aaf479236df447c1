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

    private int _isClosed;

    /// <param name="socket">The connection; disposed with this. It stops blocking.</param>
    /// <exception cref="IOException">It is not connected, or not a stream.</exception>
    public SocketStream(Socket socket)
        : base(socket, ownsSocket: true)
    {
        // A send that would block says so; what is awaited is not touched by it.
        socket.Blocking = false;
    }

    /// <summary>This connection, for a reader before whom somebody has read some of it. Disposed with what is returned.</summary>
    /// <param name="first">What was read: it is read first.</param>
    public Stream PrecededBy(ReadOnlyMemory<byte> first) => PrecededStream.Of(this, first);

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
