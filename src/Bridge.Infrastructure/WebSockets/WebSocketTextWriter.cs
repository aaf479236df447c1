using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>A message that knows how to write itself as UTF-8. A struct, so that sending one makes no garbage.</summary>
internal interface IWireMessage
{
    /// <summary>Bytes that are enough for it.</summary>
    int MaxBytes { get; }

    /// <summary>Writes it and returns its length.</summary>
    int Write(Span<byte> utf8);
}

/// <summary>
/// Sends whole messages, one at a time: a WebSocket allows one send under way. A free lock is taken without waiting, and a
/// send the socket takes at once completes at once. To a socket that is gone nothing is sent; its reader reports the end.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing; a late send must find it alive.")]
internal sealed class WebSocketTextWriter(WebSocket socket, int initialBytes)
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(initialBytes);

    /// <summary>Writes the message and sends it. Frames are sent without a token: cancelling a send destroys the socket, and <see cref="WebSocket.Abort"/> does that too.</summary>
    public ValueTask SendAsync<TMessage>(TMessage message)
        where TMessage : struct, IWireMessage =>
        _sending.Wait(0, CancellationToken.None) ? SendHoldingLock(message) : SendWhenFreeAsync(message);

    /// <summary>Sends the close frame, after a send under way; nothing is sent after it.</summary>
    /// <exception cref="OperationCanceledException">The send under way does not end in the time allowed.</exception>
    public async Task CloseOutputAsync(WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, "", cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The message is written down before anything is waited for: what it is made of may be borrowed.</summary>
    private ValueTask SendWhenFreeAsync<TMessage>(TMessage message)
        where TMessage : struct, IWireMessage
    {
        var written = new byte[message.MaxBytes];
        return SendWhenFreeAsync(new WrittenMessage(written, message.Write(written)));
    }

    private async ValueTask SendWhenFreeAsync(WrittenMessage message)
    {
        await _sending.WaitAsync();
        await SendHoldingLock(message);
    }

    private ValueTask SendHoldingLock<TMessage>(TMessage message)
        where TMessage : struct, IWireMessage
    {
        var pending = false;
        try
        {
            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
                return ValueTask.CompletedTask;
            if (_buffer.Length < message.MaxBytes)
                _buffer = GC.AllocateUninitializedArray<byte>(message.MaxBytes);
            var send = socket.SendAsync(_buffer.AsMemory(0, message.Write(_buffer)), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            if (send.IsCompletedSuccessfully)
            {
                send.GetAwaiter().GetResult();
                return ValueTask.CompletedTask;
            }

            pending = true;
            return FinishAsync(send);
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            return ValueTask.CompletedTask;
        }
        finally
        {
            if (!pending)
                _sending.Release();
        }
    }

    private readonly struct WrittenMessage(byte[] written, int length) : IWireMessage
    {
        public int MaxBytes => length;

        public int Write(Span<byte> utf8)
        {
            written.AsSpan(0, length).CopyTo(utf8);
            return length;
        }
    }

    private async ValueTask FinishAsync(ValueTask send)
    {
        try
        {
            await send;
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            // The reader reports the loss.
        }
        finally
        {
            _sending.Release();
        }
    }
}
