using Bridge.Application.Bridging;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Finds a far end that is gone without a word. One from which nothing came for an interval is asked (RFC 6455, section 5.5.2), and when
/// nothing comes for another the connection is aborted. While nobody reads, silence is not the far end's.
/// </summary>
internal sealed class KeepAlive : IDisposable
{
    private readonly TextSocket _socket;
    private readonly TimerWheel.Entry _looks;
    private int _seen;
    private bool _isAsked;

    /// <param name="socket">Looked after until this is disposed.</param>
    /// <param name="wheel">The timer.</param>
    /// <param name="interval">How long it may be quiet.</param>
    public KeepAlive(TextSocket socket, TimerWheel wheel, TimeSpan interval)
    {
        (_socket, _seen) = (socket, socket.Reads);
        _looks = wheel.Add(Look, static _ => { });
        _looks.Every(interval);
    }

    public void Dispose() => _looks.Dispose();

    private void Look()
    {
        var reads = _socket.Reads;
        if (reads != _seen || !_socket.IsWaiting)
        {
            (_seen, _isAsked) = (reads, false);
            return;
        }

        if (!_isAsked)
        {
            _isAsked = true;
            _socket.Ping();
            return;
        }

        // Elsewhere: what waits for the connection goes on where it is aborted, and all calls' looks are one after the other.
        _looks.Never();
        ThreadPool.UnsafeQueueUserWorkItem(static socket => socket.Abort(), _socket, preferLocal: false);
    }
}
