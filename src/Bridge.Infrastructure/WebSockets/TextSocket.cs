using System.Net.WebSockets;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// A WebSocket whose handshake is over (RFC 6455), as far as a call needs one: whole text messages both ways, pings answered, an end in
/// order. The runtime's own does more, and each message costs it a copy, several locks and reads of its own.
/// </summary>
internal sealed class TextSocket
{
    private readonly Stream _connection;
    private readonly Action? _abort;
    private readonly WebSocketTextReader _reader;
    private readonly WebSocketTextWriter _writer;
    private readonly WebSocketCloser _closer;

    /// <param name="connection">What the upgrade left. Whoever made it disposes it; here it is only aborted.</param>
    /// <param name="isClient">Which side we are.</param>
    /// <param name="limits">What is taken from the far end.</param>
    /// <param name="closeTimeout">The longest close handshake.</param>
    /// <param name="time">Measures all this.</param>
    /// <param name="pace">How fast frames are read; null: as fast as they come.</param>
    /// <param name="abort">Resets the connection, which disposing it does not.</param>
    public TextSocket(Stream connection, bool isClient, TextLimits limits, TimeSpan closeTimeout, TimeProvider time, FramePace? pace = null, Action? abort = null)
    {
        (_connection, _abort) = (connection, abort);
        _writer = new WebSocketTextWriter(connection, isClient);
        _reader = new WebSocketTextReader(connection, _writer, isClient, limits, time, pace);
        _closer = new WebSocketCloser(_reader, _writer, Abort, closeTimeout, time);
    }

    /// <summary>How the far end closed; null: it did not, yet.</summary>
    public CloseFrame? FarClose => _reader.FarClose;

    /// <summary>Counts what came: it changes as long as the far end lives.</summary>
    public int Reads => _reader.Reads;

    /// <inheritdoc cref="WebSocketTextReader.IsWaiting" />
    public bool IsWaiting => _reader.IsWaiting;

    /// <inheritdoc cref="WebSocketCloser.BeginReading" />
    public IDisposable? BeginReading(CancellationToken cancellationToken) => _closer.BeginReading(cancellationToken);

    /// <inheritdoc cref="WebSocketTextReader.ReadAsync" />
    public ValueTask<WebSocketMessage> ReadAsync() => _reader.ReadAsync();

    /// <inheritdoc cref="WebSocketTextWriter.SendAsync" />
    public ValueTask SendAsync<TMessage>(TMessage message, bool goesOn = false)
        where TMessage : struct, IWireMessage => _writer.SendAsync(message, goesOn);

    /// <inheritdoc cref="WebSocketTextWriter.Ping" />
    public void Ping() => _writer.Ping();

    /// <inheritdoc cref="WebSocketCloser.CloseAsync" />
    public Task CloseAsync(WebSocketCloseStatus status) => _closer.CloseAsync(status);

    /// <summary>Ends the connection without a word; what is pending on it ends, too.</summary>
    public void Abort()
    {
        _writer.Abort();
        // First: disposing says goodbye in order, and a line that is stuck would keep what it holds.
        _abort?.Invoke();
        _connection.Dispose();
    }
}
