using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Bridge.Application.Abstractions;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>One open conversation over a WebSocket. Two sides write: the caller's audio, and truncations; the writer takes turns.</summary>
internal sealed partial class OpenAIRealtimeSession(
    WebSocket socket, string instructions, OpenAIEventLog events, TimeSpan closeTimeout, TimeProvider time, ILogger logger) : IRealtimeSession
{
    /// <summary>A delta is a few KB; a response's end repeats its whole transcript.</summary>
    private const int MaxMessageBytes = 1024 * 1024;

    private readonly WebSocketTextReader _reader = new(socket, 8 * 1024, MaxMessageBytes);
    private readonly WebSocketTextWriter _writer = new(socket, 1024);
    private readonly OpenAIEventReader _parser = new();

    private volatile bool _closing;

    public string Id { get; private set; } = "";

    /// <summary>
    /// <c>session.created</c> → our <c>session.update</c> → <c>session.updated</c>, whose echo must show µ-law both ways.
    /// Until then not one byte of audio may pass: it would be taken for PCM at 24 kHz.
    /// </summary>
    public async Task ConfigureAsync(RealtimeSessionSettings settings, CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { } e)
        {
            switch (e.Kind)
            {
                case OpenAIEventKind.SessionCreated:
                    Id = e.Session.Id ?? "";
                    await _writer.SendAsync(new OpenAICommandWriter.Document(OpenAIDocuments.SessionUpdate(settings)));
                    break;

                case OpenAIEventKind.SessionUpdated:
                    if (e.Session is { InputFormat: OpenAIDocuments.Pcmu, OutputFormat: OpenAIDocuments.Pcmu })
                        return;
                    throw new RealtimeSessionException($"The model did not take {OpenAIDocuments.Pcmu}: it hears {e.Session.InputFormat} and speaks {e.Session.OutputFormat}.");

                case OpenAIEventKind.ForTheCall when e.Event.Error is { } error:
                    // Before the first session.updated every error is fatal: the whole update was dropped.
                    throw new RealtimeSessionException($"The model refused the session: {error.Code}: {error.Message}");
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new RealtimeSessionException("The model closed before the session was ready.");
    }

    public async IAsyncEnumerable<RealtimeEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { } e)
        {
            if (e.Kind == OpenAIEventKind.ForTheCall)
                yield return e.Event;
            else if (e.Kind == OpenAIEventKind.Malformed)
                LogMalformed();
        }
    }

    public ValueTask AppendAudioAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken) =>
        _writer.SendAsync(new OpenAICommandWriter.AppendAudio(pcmu));

    public ValueTask CreateResponseAsync(string? prompt, CancellationToken cancellationToken) =>
        _writer.SendAsync(new OpenAICommandWriter.Document(OpenAIDocuments.ResponseCreate(instructions, prompt)));

    public ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken) =>
        _writer.SendAsync(new OpenAICommandWriter.Truncate(truncation));

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        await _writer.CloseAsync(WebSocketCloseStatus.NormalClosure, "", closeTimeout, time);
        socket.Dispose();
    }

    /// <summary>The next event; null when the model's side is over.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OpenAIEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await _reader.ReadAsync(cancellationToken);
        switch (read.Kind)
        {
            case WebSocketMessageKind.Text:
                events.Received(read.Data.Span);
                return _parser.Read(read.Data);
            case WebSocketMessageKind.Binary:
                return new OpenAIEvent(OpenAIEventKind.Malformed);
            case WebSocketMessageKind.Closed:
                if (!_closing)
                    LogClosed(socket.CloseStatus, socket.CloseStatusDescription);
                return null;
            case WebSocketMessageKind.TooLarge:
                LogTooLarge(MaxMessageBytes);
                return null;
            default:
                return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The model closed its socket: {Status} {Description}")]
    private partial void LogClosed(WebSocketCloseStatus? status, string? description);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model sent a message of more than {MaxBytes} bytes; the session is given up")]
    private partial void LogTooLarge(int maxBytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model sent a message that cannot be read; it is skipped")]
    private partial void LogMalformed();
}
