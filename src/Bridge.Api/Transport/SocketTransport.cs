using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Transport;

/// <summary>
/// Kestrel's sockets, as Kestrel's own transport has them and with the options of that one, but that a connection can be taken over
/// (<see cref="ISocketTakeover"/>). There are no queues of input and output: all goes on where it completes
/// (<see cref="SocketTransportOptions.UnsafePreferInlineScheduling"/>), or on the pool.
/// </summary>
internal sealed class SocketTransport(IOptions<SocketTransportOptions> options, IMemoryPoolFactory<byte> memory) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>What Kestrel's own can bind, too. For all else there may be other transports.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint;

    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    /// <exception cref="SocketException">The address is not ours, or not allowed.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = Bind(endpoint);
        try
        {
            socket.Listen(options.Value.Backlog);
            return new ValueTask<IConnectionListener>(new SocketListener(socket, options.Value, memory.Create(new MemoryPoolOptions { Owner = "kestrel" })));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Bind(EndPoint endpoint)
    {
        try
        {
            return options.Value.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }
}
