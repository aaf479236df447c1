using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bridge.Api.Transport;

/// <summary>Takes in connections at one address until it is unbound.</summary>
internal sealed class SocketListener : IConnectionListener
{
    private static readonly TimeSpan UntilThereIsRoom = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly bool _noDelay;
    private readonly MemoryPool<byte> _memory;
    private readonly PipeOptions _input;
    private readonly PipeOptions _output;

    /// <param name="socket">Bound and listening; disposed with this.</param>
    /// <param name="options">What of them is about connections: thresholds, scheduling, delay.</param>
    /// <param name="memory">Where blocks for HTTP are taken from; disposed with this.</param>
    public SocketListener(Socket socket, SocketTransportOptions options, MemoryPool<byte> memory)
    {
        (_socket, _noDelay, _memory) = (socket, options.NoDelay, memory);
        EndPoint = socket.LocalEndPoint!;
        var scheduler = options.UnsafePreferInlineScheduling ? PipeScheduler.Inline : PipeScheduler.ThreadPool;
        _input = Pipe(options.MaxReadBufferSize ?? 0);
        _output = Pipe(options.MaxWriteBufferSize ?? 0);

        PipeOptions Pipe(long pauseAt) => new(memory, scheduler, scheduler, pauseAt, pauseAt / 2, useSynchronizationContext: false);
    }

    /// <summary>Where it listens: the port is the system's if none was asked for.</summary>
    public EndPoint EndPoint { get; }

    /// <returns>The next connection; null once it is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                if (Open(await _socket.AcceptAsync(cancellationToken)) is { } connection)
                    return connection;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.ConnectionReset or SocketError.ConnectionAborted))
            {
                // No handles or no memory. Whoever knocks goes on knocking: asking at once again would be all that this thread does.
                await Task.Delay(UntilThereIsRoom, cancellationToken);
            }
            catch (SocketException)
            {
                // Gone while it waited to be let in.
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _memory.Dispose();
        return ValueTask.CompletedTask;
    }

    private SocketConnection? Open(Socket socket)
    {
        try
        {
            // A socket of the file system has no packets to hold back.
            if (socket.LocalEndPoint is IPEndPoint)
                socket.NoDelay = _noDelay;
            var connection = new SocketConnection(socket, _memory, new PipePair(_input, _output));
            connection.Start();
            return connection;
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // Reset since it was let in.
            socket.Dispose();
            return null;
        }
    }
}
