using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Bridge.Simulator;

/// <summary>What came out of a socket: a text message, a binary one (which neither protocol allows), or its end.</summary>
internal readonly record struct SocketMessage(string? Text, bool IsBinary, CloseInfo? Close);

/// <summary>A WebSocket as both far ends use it: whole text messages in, one sender at a time out, and every way to end.</summary>
internal sealed class TextSocket(WebSocket socket, Socket? connection, TimeProvider clock, FrameStream? frames = null) : IDisposable
{
    private const int MaxMessageBytes = 32 * 1024 * 1024;

    // Never disposed: it holds nothing as long as nobody asks for its wait handle, and late senders must find it.
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ArrayBufferWriter<byte> _message = new(64 * 1024);
    private readonly ConcurrentQueue<TaskCompletionSource> _pings = new();
    private long _sent;
    private volatile bool _over;
    private bool _weEnded;

    /// <summary>Messages sent so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The reader has seen the end, or is just about to tell it.</summary>
    public bool IsOver => _over;

    /// <summary>False: nobody reads for now, so a ping would wait for ever; none is sent.</summary>
    public bool CanBePinged { get; set; } = true;

    /// <summary>Sends a text, cut into several WebSocket frames if asked. False when the socket is gone: the reader will say why.</summary>
    public async Task<bool> SendAsync(string text, int fragments = 1, CancellationToken cancellationToken = default)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var size = Math.Max(1, (bytes.Length + fragments - 1) / fragments);
        await _sending.WaitAsync(cancellationToken);
        try
        {
            for (var at = 0; at < bytes.Length; at += size)
            {
                var length = Math.Min(size, bytes.Length - at);
                var isLast = at + length == bytes.Length;
                await socket.SendAsync(bytes.AsMemory(at, length), WebSocketMessageType.Text, isLast, cancellationToken);
            }

            Interlocked.Increment(ref _sent);
            return true;
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Completes when the far end has handled all that was sent before, and the owner of this socket all that the far end had written by
    /// then. At once when the socket is over.
    /// </summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        if (frames is null)
            throw new InvalidOperationException("This socket cannot ping.");
        if (_over || !CanBePinged)
            return;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _sending.WaitAsync(cancellationToken);
        try
        {
            _pings.Enqueue(answered);
            await frames.PingAsync(cancellationToken);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            answered.TrySetResult();
        }
        finally
        {
            _sending.Release();
        }

        if (_over)
            answered.TrySetResult();
        await answered.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Sends bytes as a binary message: always wrong, for tests of who minds.</summary>
    public async Task SendBinaryAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Binary, true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    public async Task<SocketMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        _message.ResetWrittenCount();
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(_message.GetMemory(16 * 1024), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                    return Ended(_weEnded ? ClosedBy.Us : ClosedBy.Bridge, socket.CloseStatusDescription ?? "");
                _message.Advance(received.Count);
                if (_message.WrittenCount > MaxMessageBytes)
                    throw new WebSocketException("A message is longer than any sensible one.");
                if (!received.EndOfMessage)
                    continue;
                var text = Encoding.UTF8.GetString(_message.WrittenSpan);
                if (text != FrameStream.Answer)
                    return new(text, received.MessageType == WebSocketMessageType.Binary, null);
                _message.ResetWrittenCount();
                if (_pings.TryDequeue(out var ping))
                    ping.TrySetResult();
            }
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return Ended(_weEnded ? ClosedBy.Us : ClosedBy.Broken, exception.Message);
        }
    }

    /// <summary>Says goodbye (or answers it). The reader then sees the other side's answer.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string? description, CancellationToken cancellationToken)
    {
        _weEnded |= socket.State == WebSocketState.Open;
        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, description, cancellationToken);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            Debug.WriteLine(exception);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Does something to the connection while nothing is being sent; not at all when the connection is gone.</summary>
    public async Task BetweenMessagesAsync(Action act, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            act();
        }
        catch (Exception exception) when (IsGone(exception))
        {
            Debug.WriteLine(exception);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Drops the connection without a goodbye; with the connection's socket at hand, as a TCP reset.</summary>
    public void Abort()
    {
        _weEnded = true;
        if (connection is not null)
        {
            try
            {
                connection.LingerState = new LingerOption(true, 0);
                connection.Close(0); // With no patience at all: otherwise a FIN may go before the reset.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                Debug.WriteLine(exception);
            }
        }

        socket.Abort();
    }

    public void Dispose() => socket.Dispose();

    private SocketMessage Ended(ClosedBy by, string description)
    {
        _over = true;
        while (_pings.TryDequeue(out var ping))
            ping.TrySetResult();
        return new(null, false, new CloseInfo(by, (int?)socket.CloseStatus, description, clock.GetTimestamp()));
    }

    private static bool IsGone(Exception exception) =>
        exception is WebSocketException or IOException or SocketException or OperationCanceledException
            or InvalidOperationException; // disposed ones among them
}
