using System.Buffers;
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
/// Sends whole messages, one at a time. A free lock is taken without waiting, and a send the connection takes at once completes at
/// once. Its memory is the pool's, and only while it sends. To a socket that is gone nothing is sent; its reader reports the end.
/// </summary>
/// <param name="socket">Written by nobody else.</param>
/// <param name="connection">What the socket writes to: frames are written there directly. Null: the socket writes them.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing; a late send must find it alive.")]
internal sealed class WebSocketTextWriter(WebSocket socket, FramedStream? connection = null)
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly FrameWriter _frames = new(connection is { IsClient: true });
    private byte[]? _gathered;
    private int _length;

    /// <summary>Writes the message and sends it. Frames are sent without a token: cancelling a send destroys the socket, and <see cref="WebSocket.Abort"/> does that too.</summary>
    /// <param name="message">What is sent.</param>
    /// <param name="goesOn">Another message follows at once: this one may go out with it.</param>
    public ValueTask SendAsync<TMessage>(TMessage message, bool goesOn = false)
        where TMessage : struct, IWireMessage =>
        _sending.Wait(0, CancellationToken.None) ? SendHoldingLock(message, goesOn) : SendWhenFreeAsync(message, goesOn);

    /// <summary>Sends the close frame, after a send under way; nothing is sent after it.</summary>
    /// <exception cref="OperationCanceledException">The send under way does not end in the time allowed.</exception>
    public async Task CloseOutputAsync(WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (IsOpen)
                await socket.CloseOutputAsync(status, "", cancellationToken);
        }
        finally
        {
            GiveBack();
            _sending.Release();
        }
    }

    private bool IsOpen => socket.State is WebSocketState.Open or WebSocketState.CloseReceived;

    /// <summary>The message is written down before anything is waited for: what it is made of may be borrowed.</summary>
    private ValueTask SendWhenFreeAsync<TMessage>(TMessage message, bool goesOn)
        where TMessage : struct, IWireMessage
    {
        var written = new byte[message.MaxBytes];
        return SendWrittenAsync(new WrittenMessage(written, message.Write(written)), goesOn);
    }

    private async ValueTask SendWrittenAsync(WrittenMessage message, bool goesOn)
    {
        await _sending.WaitAsync();
        await SendHoldingLock(message, goesOn);
    }

    private ValueTask SendHoldingLock<TMessage>(TMessage message, bool goesOn)
        where TMessage : struct, IWireMessage
    {
        var pending = false;
        try
        {
            if (!IsOpen)
            {
                GiveBack();
                return ValueTask.CompletedTask;
            }

            Gather(message);
            if (goesOn && connection is not null)
                return ValueTask.CompletedTask;
            var send = Write(_gathered.AsMemory(0, _length));
            if (!send.IsCompletedSuccessfully)
            {
                pending = true;
                return FinishAsync(send);
            }

            send.GetAwaiter().GetResult();
            GiveBack();
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            GiveBack();
            return ValueTask.CompletedTask;
        }
        finally
        {
            if (!pending)
                _sending.Release();
        }
    }

    private ValueTask Write(ReadOnlyMemory<byte> bytes) => connection is null
        ? socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None)
        : connection.WriteAsync(bytes, CancellationToken.None);

    /// <summary>Puts the message behind what goes out with it.</summary>
    private void Gather<TMessage>(TMessage message)
        where TMessage : struct, IWireMessage
    {
        var needed = _length + FrameWriter.Room(message.MaxBytes);
        if (_gathered is null || _gathered.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(needed);
            var length = _length;
            _gathered.AsSpan(0, length).CopyTo(larger);
            GiveBack();
            (_gathered, _length) = (larger, length);
        }

        var free = _gathered.AsSpan(_length);
        _length += connection is null ? message.Write(free) : _frames.Write(message, free);
    }

    private void GiveBack()
    {
        if (_gathered is not null)
            ArrayPool<byte>.Shared.Return(_gathered);
        (_gathered, _length) = (null, 0);
    }

    private async ValueTask FinishAsync(ValueTask send)
    {
        try
        {
            await send;
            GiveBack();
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            // The reader reports the loss. What a lost send may still hold is left to the collector.
            (_gathered, _length) = (null, 0);
        }
        finally
        {
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
}
