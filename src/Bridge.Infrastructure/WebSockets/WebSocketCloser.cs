using System.Net.WebSockets;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Closes a socket without a second reader: two readers at once tear messages apart. While someone reads, that reader sees
/// the far end's answer; when nobody does any more, it is read here.
/// </summary>
/// <param name="reader">Of the socket.</param>
/// <param name="writer">Of the socket.</param>
/// <param name="abort">Ends the connection, and with it what is pending on it.</param>
/// <param name="timeout">The longest close handshake.</param>
/// <param name="time">Measures it.</param>
internal sealed class WebSocketCloser(WebSocketTextReader reader, WebSocketTextWriter writer, Action abort, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _reading;
    private bool _closing;

    /// <summary>Someone begins to read; disposing what is returned says that it reads no more. Null: the socket is being closed, there is nothing to read.</summary>
    /// <param name="cancellationToken">Cancelled: the connection is aborted, so that the read ends. Asked for here and not with each read, which would cost one a registration.</param>
    public IDisposable? BeginReading(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_closing)
                return null;
            _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new Reading(_reading, cancellationToken.UnsafeRegister(static abort => ((Action)abort!)(), abort));
        }
    }

    /// <summary>The close handshake (RFC 6455, section 7.1), bounded; what takes longer is aborted. Afterwards the socket is over, whatever the far end did.</summary>
    /// <param name="status">Ours; frames that broke the RFC are answered as it says.</param>
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
            await writer.CloseOutputAsync(reader.Fault ?? status, deadline.Token);
            await reading.WaitAsync(deadline.Token);
            using var late = deadline.Token.UnsafeRegister(static abort => ((Action)abort!)(), abort);
            await reader.DrainAsync();
        }
        catch (Exception e) when (WebSocketLoss.Is(e))
        {
            // Too late, or gone.
        }

        if (reader.FarClose is null)
            abort();
    }

    private sealed class Reading(TaskCompletionSource over, CancellationTokenRegistration aborting) : IDisposable
    {
        public void Dispose()
        {
            // Not waited for: it may be what ended the read.
            aborting.Unregister();
            over.TrySetResult();
        }
    }
}
