using System.Net;
using System.Net.Sockets;

namespace Bridge.Api.Runtime;

/// <summary>Finds out how this process's sockets really complete: a variable that was set too late is set, and does nothing.</summary>
internal static class SocketProbe
{
    /// <summary>Whether what waits for a socket goes on on a thread of the sockets' own. Sends one byte over loopback.</summary>
    public static async Task<bool> CompletesInlineAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await one.ConnectAsync(listener.LocalEndPoint!, cancellationToken);
        using var other = await listener.AcceptAsync(cancellationToken);
        var waiting = IsOffPoolAsync(other, cancellationToken);
        await one.SendAsync(new byte[] { 1 }, cancellationToken);
        return await waiting;
    }

    private static async Task<bool> IsOffPoolAsync(Socket socket, CancellationToken cancellationToken)
    {
        await socket.ReceiveAsync(new byte[1], cancellationToken).ConfigureAwait(false);
        return !Thread.CurrentThread.IsThreadPoolThread;
    }
}
