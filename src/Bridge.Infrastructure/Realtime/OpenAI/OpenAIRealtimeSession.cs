using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>One open conversation over a WebSocket. Two sides write: the caller's audio, and truncations; the writer takes turns.</summary>
internal sealed partial class OpenAIRealtimeSession : IRealtimeSession
{
    /// <summary>A message that has begun must end within this.</summary>
    private static readonly TimeSpan LongestMessage = TimeSpan.FromSeconds(10);

    /// <summary>The API ends a session after an hour; a server that says something absurd, or whose clock is not ours, is taken to mean that.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    /// <summary>More messages than this in <see cref="MalformedWindow"/> that cannot be read, and the session is of no use.</summary>
    private const int MostMalformed = 20;

    private static readonly TimeSpan MalformedWindow = TimeSpan.FromSeconds(10);

    private static readonly byte[] Probe = """{"type":"conversation.item.retrieve","item_id":"probe"}"""u8.ToArray();

    /// <summary>A tenth of a second of audio is 1.2 KB; what is longer is rare.</summary>
    private const int UsualBytes = 2 * 1024;

    private readonly RealtimeError _tooLarge;

    private static readonly RealtimeError TooSlow = Over("slow_message", "A message that did not end in time.");

    private static readonly RealtimeError BrokenFrames = Over("websocket_violation", "Frames that break RFC 6455.");

    private static readonly RealtimeError Unreadable = Over("malformed_messages", "Too many messages that cannot be read.");

    private readonly Stream _connection;
    private readonly TextSocket _socket;
    private readonly OpenAIEventReader _parser = new();
    private readonly OpenAIEventLog _events;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly OpenAIReplay _replay = new();
    private readonly Queue<long> _malformed = new();
    private string _instructions = "";

    private KeepAlive? _keepAlive;
    private volatile bool _closing;
    private WebSocketCloseStatus _closeStatus = WebSocketCloseStatus.NormalClosure;
    private int _commands;

    /// <summary>Server VAD counts the samples it is sent.</summary>
    public RealtimeCapabilities Capabilities { get; } = new(NeedsSteadyAudio: true);

    /// <param name="connection">A WebSocket whose handshake is over; disposed with this.</param>
    /// <param name="events">What is logged of what comes.</param>
    /// <param name="closeTimeout">The longest close handshake.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Never told what is said.</param>
    /// <param name="maxMessageBytes">The largest message.</param>
    /// <param name="abort">Resets the connection, which disposing it does not.</param>
    public OpenAIRealtimeSession(Stream connection, OpenAIEventLog events, TimeSpan closeTimeout, TimeProvider time, ILogger logger, int maxMessageBytes = OpenAIOptions.DefaultMaxMessageBytes, Action? abort = null)
    {
        _connection = connection;
        _socket = new TextSocket(connection, isClient: true, new TextLimits(UsualBytes, maxMessageBytes, LongestMessage), closeTimeout, time, abort: abort);
        _time = time;
        _tooLarge = Over("message_too_large", $"A message of more than {maxMessageBytes} bytes.");
        _events = events;
        _logger = logger;
    }

    public string Id { get; private set; } = "";

    public TimeSpan? Lifetime { get; private set; }

    /// <summary>
    /// <c>session.created</c> → our <c>session.update</c> → <c>session.updated</c>, whose echo must show µ-law both ways.
    /// Until then not one byte of audio may pass: it would be taken for PCM at 24 kHz.
    /// </summary>
    public async Task ConfigureAsync(RealtimeSessionSettings settings, string? transcriptionModel, CancellationToken cancellationToken)
    {
        _instructions = settings.Instructions;
        using var reading = _socket.BeginReading(cancellationToken);
        while (reading is not null && Understand(await _socket.ReadAsync()) is { } e)
        {
            switch (e.Kind)
            {
                case OpenAIEventKind.SessionCreated:
                    Id = e.Session.Id ?? "";
                    Lifetime = LifetimeOf(e.Session);
                    await SendAsync(OpenAIDocuments.SessionUpdate(settings, transcriptionModel), cancellationToken);
                    break;

                case OpenAIEventKind.SessionUpdated:
                    if (e.Session is not { InputFormat: OpenAIDocuments.Pcmu, OutputFormat: OpenAIDocuments.Pcmu })
                        throw new RealtimeSessionException($"The model did not take {OpenAIDocuments.Pcmu}: it hears {e.Session.InputFormat} and speaks {e.Session.OutputFormat}.") { ErrorType = "format_mismatch" };
                    foreach (var item in _replay.Tell(settings.History, settings.CallerContext))
                        await SendAsync(item, cancellationToken);
                    return;

                case OpenAIEventKind.ForTheCall when e.Event.Error is { Kind: RealtimeErrorKind.SessionOver } broken:
                    // Its code, not its sentence: that may be the model's own, and repeat a prompt.
                    throw new RealtimeSessionException($"The session was over before it was ready: {broken.Code}.", RealtimeSessionFailure.Unreachable) { ErrorType = broken.Code };

                case OpenAIEventKind.ForTheCall when e.Event.Error is { } error:
                    // Before the first session.updated every error is fatal: the whole update was dropped.
                    throw new RealtimeSessionException($"The model refused the session: {error.Code} {error.Parameter}") { ErrorType = "session_rejected" };
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new RealtimeSessionException("The model closed before the session was ready.", RealtimeSessionFailure.Unreachable) { ErrorType = "closed_early" };
    }

    /// <summary>While a session is opened: who opens it destroys the socket when its time is over, and with it a send that is stuck.</summary>
    private Task SendAsync(byte[] document, CancellationToken cancellationToken) =>
        _socket.SendAsync(new OpenAICommandWriter.Document(document)).AsTask().WaitAsync(cancellationToken);

    /// <summary>The wall clocks of both sides are compared once, at the beginning; from then on a session's age is measured.</summary>
    private TimeSpan? LifetimeOf(OpenAISession session)
    {
        if (session.ExpiresAt is not { } end)
            return null;
        var life = end - _time.GetUtcNow();
        return life > TimeSpan.Zero && life < LongestLife ? life : LongestLife;
    }

    public async IAsyncEnumerable<RealtimeEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = _socket.BeginReading(cancellationToken);
        while (reading is not null && Understand(await _socket.ReadAsync()) is { } e)
        {
            if (e.Kind == OpenAIEventKind.ForTheCall && !(e.Event.Kind == RealtimeEventKind.ItemAdded && OpenAIReplay.IsOurs(e.Event.Item.ItemId)))
                yield return e.Event;
            else if (e.Kind == OpenAIEventKind.Malformed && TooManyMalformed())
                yield return new RealtimeEvent(RealtimeEventKind.Error, Error: Unreadable);
        }
    }

    public ValueTask AppendAudioAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken) =>
        _socket.SendAsync(new OpenAICommandWriter.AppendAudio(NextCommand(), pcmu));

    public ValueTask CreateResponseAsync(ResponseRequest request, CancellationToken cancellationToken) =>
        _socket.SendAsync(new OpenAICommandWriter.Document(OpenAIDocuments.ResponseCreate(_instructions, request, NextCommand())));

    public ValueTask CancelResponseAsync(string responseId, CancellationToken cancellationToken) =>
        _socket.SendAsync(new OpenAICommandWriter.CancelResponse(NextCommand(), responseId));

    public async ValueTask CorrectAsync(TranscriptTurn turn, CancellationToken cancellationToken)
    {
        foreach (var command in _replay.Correct(turn))
            await _socket.SendAsync(new OpenAICommandWriter.Document(command));
    }

    /// <summary>Asks for an item that does not exist; the server says so.</summary>
    public ValueTask ProbeAsync(CancellationToken cancellationToken) => _socket.SendAsync(new OpenAICommandWriter.Document(Probe));

    public ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken) =>
        _socket.SendAsync(new OpenAICommandWriter.Truncate(NextCommand(), truncation));

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _keepAlive?.Dispose();
        await _socket.CloseAsync(_closeStatus);
        await _connection.DisposeAsync();
    }

    /// <summary>From now on a server that is gone without a word is found.</summary>
    public void KeepAlive(TimerWheel wheel, TimeSpan interval) => _keepAlive = new KeepAlive(_socket, wheel, interval);

    private int NextCommand() => Interlocked.Increment(ref _commands);

    /// <summary>What a message says; null when the model's side is over.</summary>
    private OpenAIEvent? Understand(WebSocketMessage read)
    {
        switch (read.Kind)
        {
            case WebSocketMessageKind.Text:
                _events.Received(read.Data.Span);
                return _parser.Read(read.Data);
            case WebSocketMessageKind.Binary:
                return new OpenAIEvent(OpenAIEventKind.Malformed);
            case WebSocketMessageKind.Violation:
                return Error(BrokenFrames);
            case WebSocketMessageKind.TooSlow:
                return Error(TooSlow);
            case WebSocketMessageKind.Closed:
                return Closed();
            case WebSocketMessageKind.TooLarge:
                _closeStatus = WebSocketCloseStatus.MessageTooBig;
                return Error(_tooLarge);
            default:
                return null;
        }
    }

    /// <summary>An error, when it means that another session would be closed too; else just the end.</summary>
    private OpenAIEvent? Closed()
    {
        if (_closing)
            return null;
        var status = _socket.FarClose!.Status;
        LogClosed((WebSocketCloseStatus)status);
        // A plain goodbye without a word is no verdict on us either.
        return OpenAICloseCodes.IsForGood(status) && (status, _socket.FarClose.Words) is not (1000, "")
            ? Error(new RealtimeError(string.Create(CultureInfo.InvariantCulture, $"closed_{status}"), "", $"The model closed its socket with status {status}.", RealtimeErrorKind.Closed))
            : null;
    }

    private bool TooManyMalformed()
    {
        LogMalformed();
        _malformed.Enqueue(_time.GetTimestamp());
        while (_time.GetElapsedTime(_malformed.Peek()) > MalformedWindow)
            _malformed.Dequeue();
        return _malformed.Count > MostMalformed;
    }

    private static OpenAIEvent Error(RealtimeError error) => new(OpenAIEventKind.ForTheCall, new RealtimeEvent(RealtimeEventKind.Error, Error: error));

    private static RealtimeError Over(string code, string message) => new(code, "", message, RealtimeErrorKind.SessionOver);

    [LoggerMessage(Level = LogLevel.Information, Message = "The model closed its socket: {Status}")]
    private partial void LogClosed(WebSocketCloseStatus status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model sent a message that cannot be read; it is skipped")]
    private partial void LogMalformed();
}
