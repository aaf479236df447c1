using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Bridge.Api.Hosting;

/// <summary>
/// A connection that says nothing is closed soon. The web server's own limits begin with the first byte of a request; before it
/// they wait as long as between two requests, which is long.
/// </summary>
internal static class FirstByte
{
    /// <summary>Closes connections that do not begin in time.</summary>
    public static void MustComeWithin(this ListenOptions listen, TimeSpan limit) => listen.Use(next => async connection =>
    {
        using (var tooLate = new CancellationTokenSource(limit))
        {
            try
            {
                var read = await connection.Transport.Input.ReadAsync(tooLate.Token);
                // Looked at, not taken: the next read has it again.
                connection.Transport.Input.AdvanceTo(read.Buffer.Start);
            }
            catch (OperationCanceledException)
            {
                connection.Abort(new ConnectionAbortedException("Nothing came."));
                return;
            }
        }

        await next(connection);
    });
}
