using System.Net.WebSockets;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>Which exceptions only say that a socket is gone. They are no faults: the reader reports the end.</summary>
internal static class WebSocketLoss
{
    /// <summary>Reset, aborted, closed under a pending operation, disposed, or cancelled.</summary>
    public static bool Is(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException;
}
