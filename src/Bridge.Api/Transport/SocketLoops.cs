using System.Net.Sockets;
using Bridge.Infrastructure.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Bridge.Api.Transport;

/// <summary>Moves bytes between a socket and the web server's pipes, as long as a connection speaks HTTP.</summary>
internal sealed class SocketLoops(Socket socket, SocketStream stream, PipePair pipes)
{
    /// <summary>What is received at once is at least this; blocks are 4 KB.</summary>
    private const int LeastRoom = 2048;

    private volatile bool _sendsNoMore;

    /// <summary>Receives until the far end has said all, the web server wants no more, or the socket is taken over.</summary>
    /// <param name="takenOver">Cancelled when the web server is to receive no more. Nothing is lost: what was received is in the pipe.</param>
    /// <returns>Whether it ended because of <paramref name="takenOver"/>.</returns>
    public async Task<bool> ReceiveAsync(CancellationToken takenOver)
    {
        try
        {
            while (true)
            {
                // A connection that says nothing holds no block.
                await socket.ReceiveAsync(Memory<byte>.Empty, takenOver);
                var read = await socket.ReceiveAsync(pipes.Received.GetMemory(LeastRoom), takenOver);
                if (read == 0)
                    return false;
                pipes.Received.Advance(read);
                var flush = await pipes.Received.FlushAsync(CancellationToken.None);
                if (takenOver.IsCancellationRequested)
                    return true;
                if (flush.IsCompleted || flush.IsCanceled)
                    return false;
            }
        }
        catch (OperationCanceledException) when (takenOver.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>Ends sending, once all that was written is sent.</summary>
    public void SendNoMore()
    {
        _sendsNoMore = true;
        pipes.ToSend.CancelPendingRead();
    }

    /// <summary>Sends until the web server has written all, the connection is aborted, or it is to send no more.</summary>
    /// <returns>Whether it ended because of <see cref="SendNoMore"/>.</returns>
    public async Task<bool> SendAsync()
    {
        while (true)
        {
            var toSend = await pipes.ToSend.ReadAsync(CancellationToken.None);
            if (toSend.IsCanceled && !_sendsNoMore)
                return false;
            foreach (var segment in toSend.Buffer)
                await stream.WriteAsync(segment, CancellationToken.None);
            pipes.ToSend.AdvanceTo(toSend.Buffer.End);
            if (toSend.IsCompleted)
                return false;
            if (toSend.IsCanceled)
                return true;
        }
    }

    /// <summary>What the web server is to call a fault of the socket.</summary>
    public static Exception Explain(Exception fault) =>
        (fault as SocketException ?? fault.InnerException as SocketException) is { } e && IsReset(e.SocketErrorCode) ? new ConnectionResetException(e.Message, e) : fault;

    /// <summary>The far end broke off: each system has a word of its own for it.</summary>
    private static bool IsReset(SocketError error) => error switch
    {
        SocketError.ConnectionReset or SocketError.Shutdown => true,
        SocketError.ConnectionAborted => OperatingSystem.IsWindows(),
        SocketError.ProtocolType => OperatingSystem.IsMacOS(),
        _ => false,
    };
}
