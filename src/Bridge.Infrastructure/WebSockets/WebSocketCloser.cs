using System.Net.WebSockets;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Closes a socket without a second reader: two readers at once tear messages apart. While someone reads, that reader sees
/// the far end's answer; when nobody does any more, it is read here.
/// </summary>
internal sealed class WebSocketCloser(WebSocket socket, WebSocketTextReader reader, WebSocketTextWriter writer, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _reading;
    private bool _closing;

    /// <summary>Someone begins to read; disposing what is returned says that it reads no more. Null: the socket is being closed, there is nothing to read.</summary>
    public IDisposable? BeginReading()
    {
        lock (_gate)
        {
            if (_closing)
                return null;
            _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new Reading(_reading);
        }
    }

    /// <summary>The close handshake, bounded; what takes longer is aborted. Afterwards the socket is over, whatever the far end did.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status)
    {
        Task reading;
        lock (_gate)
        {
            _closing = true;
            reading = _reading?.Task ?? Task.CompletedTask;
        }

        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            await writer.CloseOutputAsync(status, deadline.Token);
            await reading.WaitAsync(deadline.Token);
            while ((await reader.ReadAsync(deadline.Token)).Kind is WebSocketMessageKind.Text or WebSocketMessageKind.Binary)
            {
                // What still comes is for nobody.
            }
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            // Too late, or gone.
        }

        if (socket.State != WebSocketState.Closed)
            socket.Abort();
    }

    private sealed class Reading(TaskCompletionSource over) : IDisposable
    {
        public void Dispose() => over.TrySetResult();
    }
}
