using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Reads whole messages into one buffer, which grows to the largest message so far and no further than the limit.
/// One reader at a time.
/// </summary>
/// <param name="socket">Read by nobody else.</param>
/// <param name="initialBytes">The buffer at first.</param>
/// <param name="maxBytes">The largest message.</param>
/// <param name="time">Measures the next.</param>
/// <param name="longestMessage">A message that has begun must end within this. Looked at when a piece of it comes: a far end that sends nothing at all is found by its pongs, or by its audio.</param>
internal sealed class WebSocketTextReader(WebSocket socket, int initialBytes, int maxBytes, TimeProvider time, TimeSpan longestMessage)
{
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(initialBytes);

    /// <summary>The next message, joined from its fragments. Never throws for what the far end or the network does.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WebSocketMessage> ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        long? began = null;
        try
        {
            while (true)
            {
                if (length == _buffer.Length)
                    Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, maxBytes + 1));
                var result = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                if (result.MessageType == WebSocketMessageType.Close)
                    return new WebSocketMessage(WebSocketMessageKind.Closed);
                length += result.Count;
                if (length > maxBytes)
                    return new WebSocketMessage(WebSocketMessageKind.TooLarge);
                if (!result.EndOfMessage)
                {
                    if (time.GetElapsedTime(began ??= time.GetTimestamp()) > longestMessage)
                        return new WebSocketMessage(WebSocketMessageKind.TooSlow);
                    continue;
                }

                return result.MessageType == WebSocketMessageType.Text
                    ? new WebSocketMessage(WebSocketMessageKind.Text, _buffer.AsMemory(0, length))
                    : new WebSocketMessage(WebSocketMessageKind.Binary);
            }
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode is WebSocketError.Faulted or WebSocketError.InvalidMessageType or WebSocketError.HeaderError)
        {
            return new WebSocketMessage(WebSocketMessageKind.Violation);
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            return new WebSocketMessage(WebSocketMessageKind.Lost);
        }
    }
}
