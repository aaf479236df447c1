using System.Net;
using System.Net.Sockets;

namespace Bridge.Simulator.Faults;

/// <summary>One client of a <see cref="FaultProxy"/> and its connection to the server.</summary>
internal sealed class ProxyConnection(FaultProxy proxy, Socket client, TimeProvider clock)
{
    private readonly Socket _server = TightSocket.Create(AddressFamily.InterNetwork, FaultProxy.BufferBytes);
    private readonly CancellationTokenSource _over = new();
    private volatile bool _isClosed;
    private ProxyPump? _up;
    private ProxyPump? _down;

    /// <summary>Passes bytes on in both directions until both have ended, or the connection was cut.</summary>
    public async Task RunAsync(int target)
    {
        try
        {
            client.NoDelay = _server.NoDelay = true;
            await _server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), _over.Token);
            _up = new ProxyPump(this, client, _server, proxy.Up, clock, _over.Token);
            _down = new ProxyPump(this, _server, client, proxy.Down, clock, _over.Token);
            foreach (var direction in new[] { proxy.Up, proxy.Down })
            {
                foreach (var toxic in direction.Toxics)
                    Apply(direction, toxic);
            }

            await Task.WhenAll(_up.RunAsync(), _down.RunAsync());
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // Nobody is there to connect to.
            Reset();
        }

        await _over.CancelAsync();
        client.Dispose();
        _server.Dispose();
    }

    /// <summary>A toxic is there from now on: some act by themselves.</summary>
    public void Apply(FaultDirection direction, Toxic toxic)
    {
        var pump = direction == proxy.Up ? _up : _down;
        switch (toxic.Kind)
        {
            case ToxicKind.ResetPeer:
                _ = LaterAsync(direction, toxic, Reset);
                break;
            case ToxicKind.Timeout when toxic.Time > TimeSpan.Zero:
                _ = LaterAsync(direction, toxic, Close);
                break;
            case ToxicKind.HalfClose:
                pump?.Finish();
                break;
            case ToxicKind.LimitData:
                pump?.Limit(toxic);
                break;
        }
    }

    /// <summary>Both ends are reset.</summary>
    public void Reset()
    {
        foreach (var socket in new[] { client, _server })
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                continue;
            }

            socket.Dispose();
        }

        _over.Cancel();
    }

    /// <summary>Both ends are closed, with what they have got.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var socket in new[] { client, _server })
        {
            try
            {
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                continue;
            }
        }

        _over.Cancel();
    }

    /// <summary>A direction ended without a goodbye: the other end shall not find more of one.</summary>
    public void Broken()
    {
        if (!_isClosed)
            Reset();
    }

    public static bool IsEnd(Exception exception) => exception is SocketException or ObjectDisposedException or OperationCanceledException;

    private async Task LaterAsync(FaultDirection direction, Toxic toxic, Action act)
    {
        try
        {
            await Task.Delay(toxic.Time, clock, _over.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (direction.Has(toxic))
            act();
    }
}
