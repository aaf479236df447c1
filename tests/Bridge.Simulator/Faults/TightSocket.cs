using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bridge.Simulator.Faults;

/// <summary>
/// Sockets with buffers so small that a sender soon feels that nobody reads. On the loopback interface a kernel would take four megabytes;
/// small segments keep the other side's own buffer small too: at first some 30 KB, half a megabyte once it has sent for a while (which
/// is as it was measured on Linux with BBR).
/// </summary>
internal static class TightSocket
{
    // IPPROTO_TCP and TCP_MAXSEG.
    private const int Tcp = 6;
    private const int MaximumSegment = 2;
    private const int Info = 11;
    private const int Unacknowledged = 24;
    private const int NotSent = 144;
    private const int LongestDrainMs = 500;
    private const int SegmentBytes = 256;
    private const int SendBytes = 8 * 1024;

    /// <summary>
    /// For a server of ours: the bytes of a write are in the kernel when it completes, so that a reset behind them does not take them
    /// along; and connections are tight if a size is given.
    /// </summary>
    public static void Configure(SocketTransportOptions transport, int? bytes)
    {
        transport.MaxWriteBufferSize = 2;
        if (bytes is not { } size)
            return;
        transport.MaxReadBufferSize = size;
        transport.CreateBoundListenSocket = endpoint => Listen(endpoint, size);
    }

    public static Socket Listen(EndPoint endpoint, int bytes)
    {
        var socket = Create(endpoint.AddressFamily, bytes);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(endpoint);
        return socket;
    }

    /// <summary>A socket that will connect, or will listen and hand its sizes down.</summary>
    public static Socket Create(AddressFamily family, int bytes)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = bytes, SendBufferSize = SendBytes };
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(Tcp, MaximumSegment, BitConverter.GetBytes(SegmentBytes));
        return socket;
    }

    /// <summary>Waits until the other end has got all that was sent; not for ever, since it may have ceased to take anything.</summary>
    public static async Task DrainAsync(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux())
            return;
        var info = new byte[NotSent + sizeof(int)];
        for (var began = Environment.TickCount64; Environment.TickCount64 - began < LongestDrainMs;)
        {
            try
            {
                if (socket.GetRawSocketOption(Tcp, Info, info) < info.Length)
                    return;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (BitConverter.ToInt32(info, Unacknowledged) == 0 && BitConverter.ToInt32(info, NotSent) == 0)
                return;
            await Task.Delay(1);
        }
    }
}
