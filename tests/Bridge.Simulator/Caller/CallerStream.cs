using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace Bridge.Simulator.Caller;

/// <summary>
/// One media stream of a call: sends a frame each 20 ms, plays what comes back and returns marks when they are due. It notes every breach of
/// the protocol, and knows to the sample what its caller heard.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "A media stream is what Twilio calls it.")]
public sealed class CallerStream
{
    private readonly FakeCallerOptions _options;
    private readonly TwilioConnection? _connection;
    private readonly TwilioWire _wire;
    private readonly CallerLine _line;
    private readonly SpeechQueue _speech;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource<CloseInfo> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private Task _running = Task.CompletedTask;
    private long _frames;
    private volatile bool _hasBegun;
    private volatile bool _neverCloses;
    private volatile bool _wasCut;

    internal CallerStream(
        FakeCallerOptions options, int number, TwimlAnswer twiml, TimeProvider clock, TextSocket? socket = null, TwilioConnection? connection = null)
    {
        (_options, Number, Twiml, _clock, Socket, _connection) = (options, number, twiml, clock, socket, connection);
        StartedAt = clock.GetTimestamp();
        _wire = new TwilioWire("MZ" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), options.Spelling);
        _speech = new SpeechQueue(options.LineNoise, clock);
        Playout = new PlayoutBuffer(clock);
        Frames = new CallerFrames(options, _wire, _speech);
        _line = new CallerLine(options, socket, _wire, Playout, Record, clock) { MediaTimeMs = () => Frames.MediaTimeMs };
        if (socket is null)
            _ended.SetResult(new CloseInfo(ClosedBy.NeverOpened, null, twiml.Kind.ToString(), StartedAt));
    }

    /// <summary>1 for the call's first; 0 when the call never had one.</summary>
    public int Number { get; }

    public string StreamSid => _wire.StreamSid;

    /// <summary>The answer that opened it.</summary>
    public TwimlAnswer Twiml { get; }

    /// <summary>When it was opened, a timestamp of the call's clock.</summary>
    public long StartedAt { get; }

    public PlayoutBuffer Playout { get; }

    /// <summary>Everything that went over the wire, and what was wrong with it.</summary>
    public CallRecord Record { get; } = new();

    /// <summary>The media frames, and how to make them odd.</summary>
    public CallerFrames Frames { get; }

    /// <summary>Every time the caller spoke.</summary>
    public IReadOnlyList<Utterance> Utterances => _speech.Utterances;

    /// <summary>Completes when the socket is over, whoever ended it.</summary>
    public Task<CloseInfo> Ended => _ended.Task;

    /// <summary>It has sent <c>start</c>, unless it was told not to.</summary>
    public bool HasBegun => _hasBegun;

    internal TextSocket? Socket { get; }

    internal bool IsSpeaking => _speech.IsSpeaking;

    /// <summary>It is over, and nobody said goodbye.</summary>
    internal bool EndedAbruptly => _wasCut || (_ended.Task is { IsCompletedSuccessfully: true, Result.By: ClosedBy.Broken });

    /// <summary>Reads, sends <c>connected</c> and <c>start</c>, and in real time whatever follows.</summary>
    internal async Task BeginAsync(string callSid, Action ending, Func<Task> over, CancellationToken stop, CancellationToken cancellationToken)
    {
        _reading = ReadAsync(ending, over);
        await _line.BeginAsync(TwilioWire.Connected, starts: false, cancellationToken);
        if (_options.SendStart)
            await SendStartAsync(callSid, cancellationToken);
        _hasBegun = true;
        if (_options.SendStart && _options.Pacing == Pacing.RealTime)
            _running = Task.WhenAll(RunAsync(stop), _line.RunAsync(stop));
    }

    internal Task SendStartAsync(string callSid, CancellationToken cancellationToken) =>
        _line.BeginAsync(() => _wire.Start(_options.AccountSid, callSid, Twiml.Parameters), starts: true, cancellationToken);

    internal Task SpeakAsync(byte[] pcmu) => _speech.Add(pcmu);

    internal Task SendAsync(Func<TwilioWire, string> spell, CancellationToken cancellationToken) =>
        _line.IsSilent ? Task.CompletedTask : _line.SendAsync(() => spell(_wire), cancellationToken);

    internal Task SendFrameAsync(Func<(string? Text, byte[] Frame)> next, CancellationToken cancellationToken)
    {
        byte[] frame = [];
        return _line.SendAsync(
            () =>
            {
                (var text, frame) = next();
                return text;
            },
            cancellationToken,
            () => Record.FrameSent(frame, _clock.GetTimestamp()));
    }

    /// <summary>Virtual time: whatever is due at this instant; true when there was anything.</summary>
    internal async Task<bool> LiveAsync(CancellationToken cancellationToken)
    {
        var any = await _line.DeliverDueAsync(cancellationToken);
        while (_clock.GetElapsedTime(StartedAt) >= CallerTime.Frame * (_frames + 1))
        {
            _frames++;
            any = true;
            await SendFrameAsync(cancellationToken);
        }

        return any;
    }

    /// <summary>When the socket is over, waits until that was told.</summary>
    internal Task EndSeenAsync(CancellationToken cancellationToken) =>
        Socket is { IsOver: true } ? _ended.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Sends <c>stop</c>, and everything that is still under way.</summary>
    internal async Task StopAsync(string callSid, CancellationToken cancellationToken)
    {
        await SendAsync(wire => wire.Stop(_options.AccountSid, callSid), cancellationToken);
        await _line.FlushAsync();
    }

    internal async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (Socket is not null && !_neverCloses && !_line.IsSilent)
            await Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    /// <summary>No close frame from now on, not even to answer one, and no media.</summary>
    internal void NeverClose() => _neverCloses = Frames.IsSilent = true;

    /// <summary>Nothing at all goes out, or (false) everything again.</summary>
    internal void BeSilent(bool silent) => _line.IsSilent = Frames.IsSilent = silent;

    internal void Read(bool reads)
    {
        if (Socket is null)
            return;
        Socket.CanBePinged = reads;
        if (reads)
            _connection!.ResumeReading();
        else
            _connection!.StopReading();
    }

    internal Task HalfCloseAsync(CancellationToken cancellationToken)
    {
        BeSilent(true);
        _wasCut |= !_ended.Task.IsCompleted;
        return Socket?.BetweenMessagesAsync(_connection!.HalfClose, cancellationToken) ?? Task.CompletedTask;
    }

    internal void Abort()
    {
        _wasCut |= !_ended.Task.IsCompleted;
        Socket?.Abort();
        _connection?.ResumeReading();
    }

    /// <summary>Ends whatever it does by itself.</summary>
    internal async Task DisposeAsync()
    {
        _line.Stop();
        Abort();
        await Task.WhenAll(_reading, _running);
        Socket?.Dispose();
        _line.Dispose();
    }

    // Real time, by the absolute: a late frame does not make the next one late.
    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            for (var frame = 1L; !_ended.Task.IsCompleted; frame++)
            {
                // A delay is cut to whole milliseconds, so it is rounded up first.
                var wait = (CallerTime.Frame * frame) - _clock.GetElapsedTime(StartedAt);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _clock, stop);
                await _line.ReturnDueMarksAsync(stop);
                await SendFrameAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    private async Task SendFrameAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? said = null;
        await SendFrameAsync(() => Frames.Next(out said), cancellationToken);
        said?.TrySetResult();
    }

    private async Task ReadAsync(Action ending, Func<Task> over)
    {
        var close = await _line.ReadAsync();
        ending();
        var reason = new InvalidOperationException($"The stream is over: it was ended {close}.");
        Playout.Stop();
        _ended.TrySetResult(close);
        _speech.Fail(reason);
        Playout.Fail(reason);

        // The framework's way to answer a close waits for the bridge to hang up, which Twilio does not.
        var closing = CloseAsync(CancellationToken.None);
        await over();
        await closing;
    }
}
