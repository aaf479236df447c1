namespace Bridge.Infrastructure.WebSockets;

/// <summary>What a read of a socket can bring.</summary>
internal enum WebSocketMessageKind
{
    /// <summary>A whole text message.</summary>
    Text,

    /// <summary>A whole binary message; its content is not kept.</summary>
    Binary,

    /// <summary>More than the limit; the socket is not read on.</summary>
    TooLarge,

    /// <summary>The message dripped in for longer than is allowed; the socket is not read on.</summary>
    TooSlow,

    /// <summary>The far end's frames break RFC 6455.</summary>
    Violation,

    /// <summary>The far end closed, with a close frame.</summary>
    Closed,

    /// <summary>The socket is gone: reset, aborted, or closed by us.</summary>
    Lost,
}

/// <summary>One read of a socket.</summary>
/// <param name="Kind">What came.</param>
/// <param name="Data">The text as UTF-8; borrowed until the next read, and may be written over (base64 is decoded in place).</param>
internal readonly record struct WebSocketMessage(WebSocketMessageKind Kind, Memory<byte> Data = default);
