using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Bridge.Application.Abstractions;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>One open conversation over a WebSocket. Two sides write: the caller's audio, and truncations; the writer takes turns.</summary>
internal sealed partial class OpenAIRealtimeSession : IRealtimeSession
{
    /// <summary>A delta is a few KB; a response's end repeats its whole transcript.</summary>
    private const int MaxMessageBytes = 1024 * 1024;

    private static readonly RealtimeError TooLarge = new("message_too_large", "", $"A message of more than {MaxMessageBytes} bytes.", RealtimeErrorKind.Fatal);

    private static readonly RealtimeError BrokenFrames = new("websocket_violation", "", "Frames that break RFC 6455.", RealtimeErrorKind.Fatal);

    private readonly WebSocket _socket;
    private readonly WebSocketTextReader _reader;
    private readonly WebSocketTextWriter _writer;
    private readonly WebSocketCloser _closer;
    private readonly OpenAIEventReader _parser = new();
    private readonly OpenAIEventLog _events;
    private readonly ILogger _logger;
    private string _instructions = "";

    private volatile bool _closing;
    private WebSocketCloseStatus _closeStatus = WebSocketCloseStatus.NormalClosure;
    private int _commands;

    /// <summary>Server VAD counts the samples it is sent.</summary>
    public RealtimeCapabilities Capabilities { get; } = new(NeedsSteadyAudio: true);

    public OpenAIRealtimeSession(WebSocket socket, OpenAIEventLog events, TimeSpan closeTimeout, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _reader = new WebSocketTextReader(socket, 8 * 1024, MaxMessageBytes);
        _writer = new WebSocketTextWriter(socket, 1024);
        _closer = new WebSocketCloser(socket, _reader, _writer, closeTimeout, time);
        _events = events;
        _logger = logger;
    }

    public string Id { get; private set; } = "";

    /// <summary>
    /// <c>session.created</c> → our <c>session.update</c> → <c>session.updated</c>, whose echo must show µ-law both ways.
    /// Until then not one byte of audio may pass: it would be taken for PCM at 24 kHz.
    /// </summary>
    public async Task ConfigureAsync(RealtimeSessionSettings settings, string? transcriptionModel, CancellationToken cancellationToken)
    {
        _instructions = settings.Instructions;
        while (await ReadAsync(cancellationToken) is { } e)
        {
            switch (e.Kind)
            {
                case OpenAIEventKind.SessionCreated:
                    Id = e.Session.Id ?? "";
                    await _writer.SendAsync(new OpenAICommandWriter.Document(OpenAIDocuments.SessionUpdate(settings, transcriptionModel)));
                    break;

                case OpenAIEventKind.SessionUpdated:
                    if (e.Session is { InputFormat: OpenAIDocuments.Pcmu, OutputFormat: OpenAIDocuments.Pcmu })
                        return;
                    throw new RealtimeSessionException($"The model did not take {OpenAIDocuments.Pcmu}: it hears {e.Session.InputFormat} and speaks {e.Session.OutputFormat}.");

                case OpenAIEventKind.TooLarge:
                    throw new RealtimeSessionException(TooLarge.Message);

                case OpenAIEventKind.ForTheCall when e.Event.Error is { } error:
                    // Before the first session.updated every error is fatal: the whole update was dropped.
                    throw new RealtimeSessionException($"The model refused the session: {error.Code} {error.Parameter}");
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new RealtimeSessionException("The model closed before the session was ready.");
    }

    public async IAsyncEnumerable<RealtimeEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = _closer.BeginReading();
        while (reading is not null && await ReadAsync(cancellationToken) is { } e)
        {
            if (e.Kind == OpenAIEventKind.ForTheCall)
                yield return e.Event;
            else if (e.Kind == OpenAIEventKind.TooLarge)
                yield return new RealtimeEvent(RealtimeEventKind.Error, Error: TooLarge);
            else if (e.Kind == OpenAIEventKind.Malformed)
                LogMalformed();
        }
    }

    public ValueTask AppendAudioAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken) =>
        _writer.SendAsync(new OpenAICommandWriter.AppendAudio(NextCommand(), pcmu));

    public ValueTask CreateResponseAsync(ResponseRequest request, CancellationToken cancellationToken) =>
        _writer.SendAsync(new OpenAICommandWriter.Document(OpenAIDocuments.ResponseCreate(_instructions, request, NextCommand())));

    public ValueTask CancelResponseAsync(string responseId, CancellationToken cancellationToken) =>
        _writer.SendAsync(new OpenAICommandWriter.CancelResponse(NextCommand(), responseId));

    public ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken) =>
        _writer.SendAsync(new OpenAICommandWriter.Truncate(NextCommand(), truncation));

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        await _closer.CloseAsync(_closeStatus);
        _socket.Dispose();
    }

    private int NextCommand() => Interlocked.Increment(ref _commands);

    /// <summary>The next event; null when the model's side is over.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OpenAIEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await _reader.ReadAsync(cancellationToken);
        switch (read.Kind)
        {
            case WebSocketMessageKind.Text:
                _events.Received(read.Data.Span);
                return _parser.Read(read.Data);
            case WebSocketMessageKind.Binary:
                return new OpenAIEvent(OpenAIEventKind.Malformed);
            case WebSocketMessageKind.Violation:
                return new OpenAIEvent(OpenAIEventKind.ForTheCall, new RealtimeEvent(RealtimeEventKind.Error, Error: BrokenFrames));
            case WebSocketMessageKind.Closed:
                if (!_closing)
                    LogClosed(_socket.CloseStatus);
                return null;
            case WebSocketMessageKind.TooLarge:
                _closeStatus = WebSocketCloseStatus.MessageTooBig;
                return new OpenAIEvent(OpenAIEventKind.TooLarge);
            default:
                return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The model closed its socket: {Status}")]
    private partial void LogClosed(WebSocketCloseStatus? status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model sent a message that cannot be read; it is skipped")]
    private partial void LogMalformed();
}
