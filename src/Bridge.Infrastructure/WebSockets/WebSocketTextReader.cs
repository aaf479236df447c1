using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Reads whole messages into one buffer. A message that does not fit into it is read into a larger one, up to the limit, which is the
/// pool's and goes back to it when a few messages in a row did not need it: a call that is silent holds no large buffer. One reader at a time.
/// </summary>
/// <param name="socket">Read by nobody else.</param>
/// <param name="initialBytes">The buffer at first.</param>
/// <param name="maxBytes">The largest message.</param>
/// <param name="time">Measures the next.</param>
/// <param name="longestMessage">A message that has begun must end within this. Looked at when a piece of it comes: a far end that sends nothing at all is found by its pongs, or by its audio.</param>
internal sealed class WebSocketTextReader(WebSocket socket, int initialBytes, int maxBytes, TimeProvider time, TimeSpan longestMessage)
{
    private readonly byte[] _usual = GC.AllocateUninitializedArray<byte>(initialBytes);
    private byte[]? _larger;
    private int _unneeded;

    /// <summary>Messages in a row that do without the larger buffer, before it is given back: audio and its words come in turn.</summary>
    private const int FewMessages = 8;

    /// <summary>A second of audio as base64. What is larger goes back at once.</summary>
    private const int MostKept = 16 * 1024;

    /// <summary>The next message, joined from its fragments. Never throws for what the far end or the network does.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WebSocketMessage> ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        long? began = null;
        if (_unneeded >= FewMessages || _larger?.Length > MostKept)
            GiveBack();
        try
        {
            while (true)
            {
                if (length == Buffer.Length)
                    Grow(length);
                var result = await socket.ReceiveAsync(Buffer[length..], cancellationToken);
                if (result.MessageType == WebSocketMessageType.Close)
                    return new WebSocketMessage(WebSocketMessageKind.Closed);
                length += result.Count;
                _unneeded = length > _usual.Length ? 0 : result.EndOfMessage ? _unneeded + 1 : _unneeded;
                if (length > maxBytes)
                    return new WebSocketMessage(WebSocketMessageKind.TooLarge);
                if (!result.EndOfMessage)
                {
                    if (time.GetElapsedTime(began ??= time.GetTimestamp()) > longestMessage)
                        return new WebSocketMessage(WebSocketMessageKind.TooSlow);
                    continue;
                }

                return result.MessageType == WebSocketMessageType.Text
                    ? new WebSocketMessage(WebSocketMessageKind.Text, Buffer[..length])
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

    /// <summary>No more than the limit and a byte, which says that it is passed.</summary>
    private Memory<byte> Buffer => _larger is null ? _usual : _larger.AsMemory(0, Math.Min(_larger.Length, maxBytes + 1));

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 2, maxBytes + 1));
        Buffer[..length].CopyTo(larger);
        GiveBack();
        _larger = larger;
    }

    /// <summary>What was read last is nobody's any more.</summary>
    private void GiveBack()
    {
        if (_larger is not null)
            ArrayPool<byte>.Shared.Return(_larger);
        _larger = null;
    }
}
