using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Twilio;

/// <summary>A media stream over a WebSocket that Twilio opened; whoever accepted it owns the connection.</summary>
internal sealed partial class TwilioMediaSocket : ITwilioMediaSocket
{
    /// <summary>20 ms of audio is some 350 bytes.</summary>
    private const int UsualBytes = 1024;

    private readonly TextSocket _socket;
    private readonly MediaStreamLimits _limits;
    private readonly StreamConduct _conduct;
    private readonly ILogger _logger;
    private TwilioMessageWriter? _messages;
    private TwilioStart? _start;
    private WebSocketCloseStatus _closeStatus = WebSocketCloseStatus.NormalClosure;
    private long _unknown;
    private long _malformed;

    public TwilioMediaSocket(Stream connection, MediaStreamLimits limits, TimeSpan closeTimeout, TimeProvider time, ILogger logger, FramePace? pace = null, Action? abort = null)
    {
        (_limits, _logger, _conduct) = (limits, logger, new StreamConduct(limits, time));
        _socket = new TextSocket(connection, isClient: false, new TextLimits(UsualBytes, limits.MaxMessageBytes, limits.MessageTimeout), closeTimeout, time, pace, abort);
    }

    public MediaStreamSkips Skips => new(_unknown, _malformed);

    public async Task<MediaStreamStart> HandshakeAsync(CancellationToken cancellationToken)
    {
        using var reading = _socket.BeginReading(cancellationToken);
        while (reading is not null && Understand(await _socket.ReadAsync()) is { } message)
        {
            if (message is { Kind: TwilioMessageKind.Start, Start: { } start })
                return Accept(start);
            if (message.Kind == TwilioMessageKind.Stop)
                throw Violation("stop came before start.");
            if (message.Kind != TwilioMessageKind.Connected)
                Skip(message);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new MediaStreamException("Twilio closed before it said start.");
    }

    public async IAsyncEnumerable<MediaStreamEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = _socket.BeginReading(cancellationToken);
        while (reading is not null && Understand(await _socket.ReadAsync()) is { } message)
        {
            switch (message.Kind)
            {
                case TwilioMessageKind.Media when message.Audio.Length <= _limits.MaxAudioBytes:
                    yield return new MediaStreamEvent(MediaStreamEventKind.Media, message.Audio, message.TimestampMs);
                    break;
                case TwilioMessageKind.Mark when message.Mark is { } mark:
                    yield return new MediaStreamEvent(MediaStreamEventKind.Mark, Mark: mark);
                    break;
                case TwilioMessageKind.Stop:
                    yield return new MediaStreamEvent(MediaStreamEventKind.Stop);
                    break;
                case TwilioMessageKind.Dtmf:
                    break;
                case TwilioMessageKind.Start when message.Start is { } again && (again.CallSid != _start?.CallSid || again.StreamSid != _start?.StreamSid || again.AccountSid != _start?.AccountSid):
                    throw Violation("a second start names another call.");
                default:
                    Skip(message);
                    break;
            }
        }
    }

    public async ValueTask SendMediaAsync(ReadOnlyMemory<byte> pcmu, PlaybackMarks marks, CancellationToken cancellationToken)
    {
        if (marks.Before is { } before)
            await _socket.SendAsync(Messages.Mark(before), goesOn: true);
        await _socket.SendAsync(Messages.Media(pcmu), goesOn: marks.After is not null);
        if (marks.After is { } after)
            await _socket.SendAsync(Messages.Mark(after));
    }

    public ValueTask SendMarkAsync(Mark mark, CancellationToken cancellationToken) => _socket.SendAsync(Messages.Mark(mark));

    public ValueTask SendClearAsync(CancellationToken cancellationToken) => _socket.SendAsync(Messages.Clear());

    public Task CloseAsync(bool isRefused = false) =>
        _socket.CloseAsync(isRefused && _closeStatus == WebSocketCloseStatus.NormalClosure ? WebSocketCloseStatus.PolicyViolation : _closeStatus);

    private TwilioMessageWriter Messages => _messages ?? throw new InvalidOperationException("Nothing may be sent before start.");

    /// <summary>What a message says; null when Twilio's side is over.</summary>
    private TwilioMessage? Understand(WebSocketMessage read)
    {
        switch (read.Kind)
        {
            case WebSocketMessageKind.Text:
                return TwilioMessageReader.Read(read.Data);
            case WebSocketMessageKind.Binary when _conduct.IsBinaryTooOften():
                _closeStatus = WebSocketCloseStatus.InvalidMessageType;
                throw new MediaStreamException($"more than {_limits.MaxBinary} binary messages.");
            case WebSocketMessageKind.Binary:
                return new TwilioMessage(TwilioMessageKind.Malformed);
            case WebSocketMessageKind.TooLarge:
                _closeStatus = WebSocketCloseStatus.MessageTooBig;
                throw new MediaStreamException($"A message of more than {_limits.MaxMessageBytes} bytes.");
            case WebSocketMessageKind.TooSlow:
                throw Violation("a message of its did not end in time.");
            case WebSocketMessageKind.Violation:
                throw Violation("its WebSocket frames break RFC 6455.");
            default:
                return null;
        }
    }

    private MediaStreamStart Accept(TwilioStart start)
    {
        if (!CallIdentity.TryCreate(start.CallSid, start.StreamSid, out var identity))
            throw Violation("start names no call and stream as Twilio names them.");
        if (start is not { Encoding: null or "audio/x-mulaw", SampleRate: null or 8000, Channels: null or 1 })
            throw Violation($"the stream's audio is {Shown(start.Encoding)}, {start.SampleRate} Hz, {start.Channels} channel(s); only audio/x-mulaw, 8000 Hz, 1 channel is understood.");
        _start = start;
        _messages = new TwilioMessageWriter(identity.StreamSid);
        return new MediaStreamStart(identity, start.AccountSid ?? "", start.Parameters);
    }

    /// <summary>Text from outside, as far as it may stand in a log.</summary>
    private static string Shown(string? text) => text is { Length: <= 40 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.') ? text : "(unreadable)";

    private MediaStreamException Violation(string why)
    {
        _closeStatus = WebSocketCloseStatus.PolicyViolation;
        return new MediaStreamException(why);
    }

    private void Skip(TwilioMessage message)
    {
        if (message.Kind != TwilioMessageKind.Malformed)
        {
            _unknown++;
            if (message.Name is { } name && _conduct.IsNewName(name))
                LogUnknownEvent(name);
            return;
        }

        _malformed++;
        if (_conduct.IsMalformedTooOften())
            throw Violation($"more than {_limits.MaxMalformed} malformed messages in ten seconds.");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Twilio sent an event that is not known here: {EventName}")]
    private partial void LogUnknownEvent(string eventName);
}
