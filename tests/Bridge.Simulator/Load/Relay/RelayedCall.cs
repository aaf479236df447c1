using System.Buffers;
using System.Net.WebSockets;

namespace Bridge.Simulator.Load.Relay;

/// <summary>One call of the relay: two loops that copy, and the end of one side told to the other.</summary>
internal static class RelayedCall
{
    // Any message with audio fits in; a longer one goes in parts, which a receiver does not notice.
    private const int BufferBytes = 8 * 1024;

    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    /// <summary>Ends when both sides are closed, or two seconds after one of them was.</summary>
    public static async Task RunAsync(WebSocket caller, WebSocket model, CancellationToken stop)
    {
        using var abort = stop.UnsafeRegister(
            static sides =>
            {
                var (caller, model) = ((WebSocket, WebSocket))sides!;
                caller.Abort();
                model.Abort();
            },
            (caller, model));
        var up = CopyAsync(caller, model);
        var down = CopyAsync(model, caller);
        await Task.WhenAny(up, down);
        await Task.WhenAny(Task.WhenAll(up, down), Task.Delay(GoodbyeLimit, CancellationToken.None));
        caller.Abort();
        model.Abort();
        await Task.WhenAll(up, down);
    }

    private static async Task CopyAsync(WebSocket from, WebSocket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var (status, description) = (WebSocketCloseStatus.EndpointUnavailable, (string?)"the other side is gone");
        try
        {
            while (true)
            {
                var received = await from.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    (status, description) = (from.CloseStatus is { } told and not WebSocketCloseStatus.Empty ? told : WebSocketCloseStatus.NormalClosure, from.CloseStatusDescription);
                    break;
                }

                await to.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
            }
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // One of the two is gone; the other hears of it below, and that one is gone already does not matter.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        try
        {
            if (to.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await to.CloseOutputAsync(status, description, CancellationToken.None);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            to.Abort();
        }
    }

    private static bool IsGone(Exception exception) =>
        exception is WebSocketException or IOException or OperationCanceledException or InvalidOperationException; // disposed ones among them
}
