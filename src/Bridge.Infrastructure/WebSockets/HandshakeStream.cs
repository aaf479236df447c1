namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// A connection on which HTTP asks for a WebSocket. HTTP gets its answer and not a byte of what comes behind it: that is for
/// whoever takes the connection then. So the HTTP of the handshake is not in the way of the frames, and can be forgotten.
/// </summary>
/// <param name="inner">The connection; disposed with this, unless it is taken.</param>
internal sealed class HandshakeStream(Stream inner) : ThroughStream(inner)
{
    private readonly AnswerHead _head = new();
    private ReadOnlyMemory<byte> _behind;
    private bool _isUpgraded;
    private bool _isTaken;

    /// <summary>The connection, if the far end has answered 101: HTTP can do nothing to it any more, and may close what it has.</summary>
    public Stream? Take()
    {
        _isTaken = _isUpgraded;
        return _isTaken ? PrecededStream.Of(Inner, _behind) : null;
    }

    /// <summary>For HTTP: up to the end of a 101, and all of any other answer.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isUpgraded ? new ValueTask<int>(0) : _head.IsRefused ? Inner.ReadAsync(buffer, cancellationToken) : ReadHeadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (!_isTaken)
            base.Dispose(disposing);
    }

    private async ValueTask<int> ReadHeadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await Inner.ReadAsync(buffer, cancellationToken);
        if (_head.End(buffer.Span[..read]) is not { } end)
            return read;
        _behind = buffer[end..read].ToArray();
        _isUpgraded = true;
        return end;
    }
}
