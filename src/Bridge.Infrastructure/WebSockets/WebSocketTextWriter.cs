using System.Buffers;
using System.Buffers.Binary;
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
/// Sends whole messages, one at a time, each as one frame. A free lock is taken without waiting, and a send the connection takes at once
/// completes at once. Its memory is the pool's, and only while it sends. To a connection that is gone nothing is sent; its reader reports
/// the end.
/// </summary>
/// <param name="connection">Written by nobody else; a write of its is whole frames.</param>
/// <param name="isClient">Whether frames are masked.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing; a late send must find it alive.")]
internal sealed class WebSocketTextWriter(Stream connection, bool isClient)
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly FrameWriter _frames = new(isClient);
    private byte[]? _gathered;
    private int _length;
    private byte[]? _asked;
    private volatile bool _isOver;
    private volatile bool _isGone;

    /// <summary>The connection is gone, or given up.</summary>
    public bool IsGone => _isGone;

    /// <summary>Writes the message and sends it. Frames are sent without a token: half a frame would be the end of the connection, and <see cref="Abort"/> is that, too.</summary>
    /// <param name="message">What is sent.</param>
    /// <param name="goesOn">Another message follows at once: this one goes out with it.</param>
    public ValueTask SendAsync<TMessage>(TMessage message, bool goesOn = false)
        where TMessage : struct, IWireMessage =>
        _sending.Wait(0, CancellationToken.None) ? SendHoldingLock(message, goesOn) : SendWhenFreeAsync(message, goesOn);

    /// <summary>Sends the close frame, after a send under way; no message is sent after it, but pings are answered (RFC 6455, section 5.5).</summary>
    /// <exception cref="OperationCanceledException">The send under way does not end in the time allowed.</exception>
    public Task CloseOutputAsync(WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        var payload = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
        return SendControlAsync(FrameOpcode.Close, payload, cancellationToken);
    }

    /// <summary>Asks whether the far end lives. Nothing waits for it.</summary>
    public void Ping() => _ = SendControlAsync(FrameOpcode.Ping, [], CancellationToken.None);

    /// <summary>Answers a ping, after a send under way. Nothing waits for it, and of several that come meanwhile only the last is answered (RFC 6455, section 5.5.3).</summary>
    public void Answer(ReadOnlySpan<byte> ping)
    {
        if (Interlocked.Exchange(ref _asked, ping.ToArray()) is null)
            _ = SendControlAsync(FrameOpcode.Pong, null, CancellationToken.None);
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Abort() => _isGone = _isOver = true;

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
            if (_isOver)
            {
                GiveBack();
                return ValueTask.CompletedTask;
            }

            Gather(message);
            if (goesOn)
                return ValueTask.CompletedTask;
            var send = connection.WriteAsync(_gathered.AsMemory(0, _length), CancellationToken.None);
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
            Abort();
            GiveBack();
            return ValueTask.CompletedTask;
        }
        finally
        {
            if (!pending)
                _sending.Release();
        }
    }

    /// <param name="opcode">A control frame's.</param>
    /// <param name="payload">Null: that of the last ping.</param>
    /// <param name="cancellationToken">Ends the wait for the send under way, and the write.</param>
    private async Task SendControlAsync(FrameOpcode opcode, byte[]? payload, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            payload ??= Interlocked.Exchange(ref _asked, null);
            if (_isGone || (_isOver && opcode == FrameOpcode.Close))
                return;
            var frame = new byte[FrameWriter.Room(payload!.Length)];
            var length = _frames.WriteControl(opcode, payload, frame);
            if (opcode == FrameOpcode.Close)
                _isOver = true;
            await connection.WriteAsync(frame.AsMemory(0, length), cancellationToken);
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            Abort();
        }
        finally
        {
            if (_isOver)
                GiveBack();
            _sending.Release();
        }
    }

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

        _length += _frames.Write(message, _gathered.AsSpan(_length));
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
        catch (Exception e)
        {
            // What a lost send may still hold is left to the collector, and half a frame is followed by nothing.
            (_gathered, _length) = (null, 0);
            Abort();
            // The reader reports the loss; anything else is a fault of ours.
            if (!WebSocketLoss.Is(e))
                throw;
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
