namespace Bridge.Api.Transport;

/// <summary>
/// A feature of a connection: its socket can be had, once HTTP is over. Then each byte goes from the system to its reader, and not
/// through the web server's loops, pipes and streams.
/// </summary>
internal interface ISocketTakeover
{
    /// <summary>
    /// Takes the connection from the web server, after <c>UpgradeAsync</c> has written its answer and before anything is read of
    /// what that gave. All that was written is sent, and what came behind the request is read first. Whoever has the stream disposes it; the
    /// web server can still abort the connection, which ends what is pending.
    /// </summary>
    /// <returns>The connection; null when it cannot be had (TLS in this process, or it is over), and then it is read and written as before.</returns>
    ValueTask<Stream?> TakeOverAsync();
}
