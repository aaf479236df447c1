using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Bridge.Simulator;

/// <summary>What came out of a socket: a text message, a binary one (which neither protocol allows), or its end.</summary>
internal readonly record struct SocketMessage(string? Text, bool IsBinary, CloseInfo? Close);

/// <summary>A WebSocket as both far ends use it: whole text messages in, one sender at a time out, and every way to end.</summary>
internal sealed class TextSocket(WebSocket socket, Socket? connection, TimeProvider clock) : IDisposable
{
    private const int MaxMessageBytes = 32 * 1024 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ArrayBufferWriter<byte> _message = new(64 * 1024);
    private bool _weEnded;

    public bool IsOpen => socket.State == WebSocketState.Open;

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
                if (received.EndOfMessage)
                    return new(Encoding.UTF8.GetString(_message.WrittenSpan), received.MessageType == WebSocketMessageType.Binary, null);
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

    /// <summary>Drops the connection without a goodbye; with the connection's socket at hand, as a TCP reset.</summary>
    public void Abort()
    {
        _weEnded = true;
        if (connection is not null)
        {
            try
            {
                connection.LingerState = new LingerOption(true, 0);
                connection.Dispose();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                Debug.WriteLine(exception);
            }
        }

        socket.Abort();
    }

    public void Dispose()
    {
        socket.Dispose();
        _sending.Dispose();
    }

    private SocketMessage Ended(ClosedBy by, string description) =>
        new(null, false, new CloseInfo(by, (int?)socket.CloseStatus, description, clock.GetTimestamp()));

    private static bool IsGone(Exception exception) =>
        exception is WebSocketException or IOException or SocketException or OperationCanceledException
            or InvalidOperationException; // disposed ones among them
}
