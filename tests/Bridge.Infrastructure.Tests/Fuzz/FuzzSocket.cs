using System.Net.WebSockets;

namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>A socket that brings one message after another, in pieces of any size, and never waits: when there is no more, the far end has closed.</summary>
internal sealed class FuzzSocket(Random random) : WebSocket
{
    private byte[] _message = [];
    private int _read;
    private bool _isDone = true;
    private bool _isClosed;

    public override WebSocketState State => _isClosed ? WebSocketState.Closed : WebSocketState.Open;

    public override WebSocketCloseStatus? CloseStatus => WebSocketCloseStatus.EndpointUnavailable;

    public override string? CloseStatusDescription => "";

    public override string? SubProtocol => null;

    /// <summary>Has everything been read?</summary>
    public bool IsDone => _isDone;

    /// <summary>The next message; a few are binary.</summary>
    public void Brings(byte[] message) => (_message, _read, _isDone, IsBinary) = (message, 0, false, random.Next(200) == 0);

    private bool IsBinary { get; set; }

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_isDone)
        {
            _isClosed = true;
            return new(new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, true));
        }

        var count = Math.Min(buffer.Length, _message.Length - _read);
        // Whole most of the time; else any piece, also one without a byte.
        if (random.Next(4) == 0)
            count = random.Next(count + 1);
        _message.AsSpan(_read, count).CopyTo(buffer.Span);
        _read += count;
        _isDone = _read == _message.Length;
        return new(new ValueWebSocketReceiveResult(count, IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, _isDone));
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => default;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        _isDone = _isClosed = true;
        return Task.CompletedTask;
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override void Abort() => _isClosed = true;

    public override void Dispose() => _isClosed = true;
}
