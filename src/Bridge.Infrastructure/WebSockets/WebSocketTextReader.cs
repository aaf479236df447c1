using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Reads whole messages of a WebSocket whose handshake is over (RFC 6455, sections 5 to 7), where they stand: a message that came in one
/// frame is unmasked in the buffer it was received into. Pings are answered. One reader at a time.
/// </summary>
/// <param name="connection">Read by nobody else.</param>
/// <param name="writer">Answers pings; nothing waits for it.</param>
/// <param name="isClient">Whether we are the client: servers' frames have no mask, clients' must have one.</param>
/// <param name="limits">What is taken.</param>
/// <param name="time">Measures how long a message takes.</param>
/// <param name="pace">How fast frames are read; null: as fast as they come.</param>
internal sealed class WebSocketTextReader(Stream connection, WebSocketTextWriter writer, bool isClient, TextLimits limits, TimeProvider time, FramePace? pace = null)
{
    /// <summary>What is read away after frames that cannot be read; who sends more has no ear for us anyway.</summary>
    private const int MostDiscarded = 256 * 1024;

    // Behind a message's pieces there is always room for a control frame.
    private readonly ReceiveBuffer _buffer = new(limits.UsualBytes, limits.MaxBytes + (2 * FrameHeader.MaxLength) + FrameHeader.MaxControl);
    private FrameOpcode _underWay;
    private int _joined;
    private long _needed;
    private long? _began;
    private WebSocketMessageKind? _end;

    /// <summary>How the far end closed; null: it did not, yet.</summary>
    public CloseFrame? FarClose { get; private set; }

    /// <summary>The status with which a violation is answered (section 7.4.1): broken frames, or text that is none.</summary>
    public WebSocketCloseStatus? Fault { get; private set; }

    /// <summary>Counts reads that brought something.</summary>
    public int Reads { get; private set; }

    /// <summary>Whether it is the far end's turn.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The next message, joined from its fragments. Never throws for what the far end or the network does. How it ended is said once; then it is lost.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WebSocketMessage> ReadAsync()
    {
        if (_end is not null)
            return new WebSocketMessage(WebSocketMessageKind.Lost);
        _buffer.Release();
        while (true)
        {
            if (TryTake(out var message))
                return message;
            if (pace is { IsSpent: true })
            {
                await pace.RestAsync();
                if (writer.IsGone)
                    return End(WebSocketMessageKind.Lost);
                continue;
            }

            if (IsTooSlow())
                return End(WebSocketMessageKind.TooSlow);
            int received;
            try
            {
                IsWaiting = true;
                received = await connection.ReadAsync(_buffer.Free(_needed), CancellationToken.None);
            }
            catch (Exception e) when (WebSocketLoss.Is(e))
            {
                received = 0;
            }

            IsWaiting = false;

            if (received == 0)
                return End(WebSocketMessageKind.Lost);
            _buffer.Received(received);
            Reads++;
        }
    }

    /// <summary>Reads until the far end has closed, or is gone; what it says is for nobody. Bytes left unread when a connection is closed would take our own last frame with them.</summary>
    public async Task DrainAsync()
    {
        while ((await ReadAsync()).Kind is WebSocketMessageKind.Text or WebSocketMessageKind.Binary)
        {
            // For nobody.
        }

        // No frames any more, only bytes.
        for (int left = MostDiscarded, read = 1; read > 0 && left > 0 && _end is not (WebSocketMessageKind.Closed or WebSocketMessageKind.Lost); left -= read)
            read = await connection.ReadAsync(_buffer.Discard(), CancellationToken.None);
    }

    /// <summary>Takes frames until a message is whole, or something ends the reading; false: there must be more bytes first, or more time.</summary>
    private bool TryTake(out WebSocketMessage message)
    {
        message = default;
        bool isBroken;
        while (FrameHeader.Read(_buffer.Unread, isMasked: !isClient, out isBroken) is { } frame)
        {
            var isContinuation = frame.Opcode == FrameOpcode.Continuation;
            if (!frame.IsControl && isContinuation != (_underWay != FrameOpcode.Continuation))
                return Breach(WebSocketCloseStatus.ProtocolError, out message);
            if (!frame.IsControl && frame.PayloadLength > limits.MaxBytes - _joined)
            {
                message = End(WebSocketMessageKind.TooLarge);
                return true;
            }

            _needed = frame.Length + frame.PayloadLength;
            if (_buffer.Unread.Length < _needed || pace is { IsSpent: true })
                return false;
            if (Take(frame, out message))
                return true;
        }

        _needed = FrameHeader.MaxLength;
        return isBroken && Breach(WebSocketCloseStatus.ProtocolError, out message);
    }

    private bool Take(FrameHeader frame, out WebSocketMessage message)
    {
        pace?.Took();
        var payload = _buffer.Unread.Slice(frame.Length, (int)frame.PayloadLength);
        if (!isClient)
            FrameMask.Apply(_buffer.Unread.Slice(frame.Length - FrameMask.KeyBytes, FrameMask.KeyBytes), payload);
        message = default;
        if (!frame.IsControl)
            return Join(frame, out message);
        // What had begun was this frame, and no message.
        if (_underWay == FrameOpcode.Continuation)
            _began = null;
        var isEnd = frame.Opcode == FrameOpcode.Close && Closed(payload, out message);
        if (frame.Opcode == FrameOpcode.Ping)
            writer.Answer(payload);
        _buffer.Skip(frame.Length + payload.Length);
        return isEnd;
    }

    private bool Join(FrameHeader frame, out WebSocketMessage message)
    {
        message = default;
        _buffer.Join(frame.Length, (int)frame.PayloadLength);
        _joined += (int)frame.PayloadLength;
        if (frame.Opcode != FrameOpcode.Continuation)
            _underWay = frame.Opcode;
        if (!frame.IsFinal)
            return false;
        var (isText, isTooSlow) = (_underWay == FrameOpcode.Text, _began is not null && IsTooSlow());
        (_underWay, _joined, _began) = (FrameOpcode.Continuation, 0, null);
        if (isTooSlow)
        {
            message = End(WebSocketMessageKind.TooSlow);
            return true;
        }

        if (isText && !Utf8.IsValid(_buffer.Joined.Span))
            return Breach(WebSocketCloseStatus.InvalidPayloadData, out message);
        message = isText ? new WebSocketMessage(WebSocketMessageKind.Text, _buffer.Joined) : new WebSocketMessage(WebSocketMessageKind.Binary);
        return true;
    }

    private bool Closed(ReadOnlySpan<byte> payload, out WebSocketMessage message)
    {
        FarClose = CloseFrame.Read(payload, out var isText);
        if (FarClose is null)
            return Breach(isText ? WebSocketCloseStatus.InvalidPayloadData : WebSocketCloseStatus.ProtocolError, out message);
        message = End(WebSocketMessageKind.Closed);
        return true;
    }

    private bool Breach(WebSocketCloseStatus status, out WebSocketMessage message)
    {
        Fault = status;
        message = End(WebSocketMessageKind.Violation);
        return true;
    }

    private WebSocketMessage End(WebSocketMessageKind kind)
    {
        _end = kind;
        return new WebSocketMessage(kind);
    }

    private bool IsTooSlow() =>
        (_underWay != FrameOpcode.Continuation || !_buffer.Unread.IsEmpty) && time.GetElapsedTime(_began ??= time.GetTimestamp()) > limits.LongestMessage;
}
