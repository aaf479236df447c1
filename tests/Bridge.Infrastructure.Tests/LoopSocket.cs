using System.Net.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>
/// A socket in memory that makes no garbage and never waits: hands out messages until they are used up, takes whatever is
/// sent, and then is quiet until it is closed.
/// </summary>
/// <param name="next">Writes the next message into the buffer and returns its length; null when there is none.</param>
internal sealed class LoopSocket(LoopSocket.Next next) : WebSocket
{
    private readonly TaskCompletionSource<ValueWebSocketReceiveResult> _close = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketState _state = WebSocketState.Open;

    internal delegate int? Next(Span<byte> buffer);

    public long Sent { get; private set; }

    public override WebSocketState State => _state;

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override string? SubProtocol => null;

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        next(buffer.Span) is { } length
            ? new ValueTask<ValueWebSocketReceiveResult>(new ValueWebSocketReceiveResult(length, WebSocketMessageType.Text, true))
            : new ValueTask<ValueWebSocketReceiveResult>(_close.Task.WaitAsync(cancellationToken));

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        Sent++;
        return ValueTask.CompletedTask;
    }

    /// <summary>The far end says goodbye, or answers one.</summary>
    public void Closes()
    {
        _state = WebSocketState.Closed;
        _close.TrySetResult(new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, true));
    }

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        Closes();
        return Task.CompletedTask;
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override void Abort() => Closes();

    public override void Dispose() => Closes();

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => throw new NotSupportedException();
}
