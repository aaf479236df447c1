using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
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
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using (var tooLate = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            tooLate.CancelAfter(limit);
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
            catch (IOException)
            {
                // A probe that knocks and runs away. The web server would call it an unhandled exception.
                return;
            }
        }

        await next(connection);
    });
}
