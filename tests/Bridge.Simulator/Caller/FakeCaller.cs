using System.Net.WebSockets;
using System.Security.Cryptography;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Caller;

/// <summary>
/// A Twilio with one phone call on it: asks the webhook, opens the stream, sends a frame each 20 ms, plays what comes back and returns
/// marks when they are due. It notes every breach of the protocol, and knows to the sample what its caller heard.
/// </summary>
public sealed class FakeCaller : IAsyncDisposable
{
    private readonly FakeCallerOptions _options;
    private readonly TextSocket? _socket;
    private readonly TwilioWire _wire;
    private readonly SpeechQueue _speech;
    private readonly CallerLine _line;
    private readonly CallerTime _time;
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<CloseInfo> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private Task _running = Task.CompletedTask;

    private FakeCaller(FakeCallerOptions options, string callSid, TwimlAnswer twiml, TextSocket? socket, TimeProvider clock)
    {
        (_options, CallSid, Twiml, _socket, Clock) = (options, callSid, twiml, socket, clock);
        _wire = new TwilioWire("MZ" + NewId(), options.Spelling);
        _speech = new SpeechQueue(options.LineNoise);
        Playout = new PlayoutBuffer(clock);
        Frames = new CallerFrames(options, _wire, _speech);
        _line = new CallerLine(options, socket, _wire, Playout, Record, clock) { MediaTimeMs = () => MediaTimeMs };
        _time = new CallerTime(clock, _line, socket is null ? null : new Barrier(socket, clock), SendFrameAsync);
        if (socket is null)
            _ended.SetResult(new CloseInfo(ClosedBy.NeverOpened, null, twiml.Kind.ToString(), StartedAt));
    }

    public static string AccountSid { get; } = "AC" + new string('0', 31) + "1";

    public string CallSid { get; }

    public string StreamSid => _wire.StreamSid;

    /// <summary>The webhook's answer; a call it turned away has no stream, and <see cref="Ended"/> says so.</summary>
    public TwimlAnswer Twiml { get; }

    public TimeProvider Clock { get; }

    /// <summary>When the stream was opened, a timestamp of <see cref="Clock"/>.</summary>
    public long StartedAt => _time.StartedAt;

    public PlayoutBuffer Playout { get; }

    /// <summary>Everything that went over the wire, and what was wrong with it.</summary>
    public CallRecord Record { get; } = new();

    public IReadOnlyList<string> Violations => Record.Violations;

    public IReadOnlyList<ClearSnapshot> Clears => Record.Clears;

    /// <summary>The media frames, and how to make them odd.</summary>
    public CallerFrames Frames { get; }

    /// <summary>The last frame's timestamp, milliseconds.</summary>
    public int MediaTimeMs => Frames.MediaTimeMs;

    /// <summary>Completes when the socket is over, whoever ended it.</summary>
    public Task<CloseInfo> Ended => _ended.Task;

    public bool IsSpeaking => _speech.IsSpeaking;

    /// <summary>Rings the webhook and, if it connects, opens the stream and sends <c>connected</c> and <c>start</c>.</summary>
    public static async Task<FakeCaller> DialAsync(FakeCallerOptions options, CancellationToken cancellationToken = default)
    {
        var dialer = new TwilioDialer(options);
        var callSid = options.CallSid ?? "CA" + NewId();
        var clock = options.Pacing == Pacing.Manual ? options.Clock as ManualClock ?? new ManualClock() : options.Clock;
        var twiml = await dialer.AskAsync(AccountSid, callSid, cancellationToken);
        var socket = twiml.StreamUrl is null || !options.DialStream ? null : await dialer.OpenStreamAsync(twiml, clock, cancellationToken);
        var caller = new FakeCaller(options, callSid, twiml, socket, clock);
        if (socket is not null)
            await caller.BeginAsync(cancellationToken);
        return caller;
    }

    /// <summary>
    /// From now on no time passes before the bridge has handled everything of the instant before, from both ends (see
    /// <see cref="SettleAsync"/>): what happens when is then the same in every run. For manual pacing, best with one clock for all three.
    /// </summary>
    public void KeepStepWith(FakeConversation session) => _time.KeepStepWith(session);

    /// <summary>
    /// Waits until nothing is left to happen at this instant: the bridge has handled all that the caller (and the sessions it keeps step
    /// with) sent it, and all that it wrote has been read. For a bridge that handles a message before it reads the next of that socket.
    /// </summary>
    public Task SettleAsync(CancellationToken cancellationToken = default) => _time.SettleAsync(cancellationToken);

    /// <summary>
    /// Manual pacing: time passes, millisecond by millisecond. At each: what has come down the line takes effect, due marks are returned, a
    /// frame is sent each 20 ms, and what has come up the line goes into the socket.
    /// </summary>
    public Task PassAsync(TimeSpan time, CancellationToken cancellationToken = default) => PassUntilAsync(static () => false, time, cancellationToken);

    /// <summary>Manual pacing: lets time pass until a condition holds, asked each millisecond; false if it never did.</summary>
    public Task<bool> PassUntilAsync(Func<bool> condition, TimeSpan longest, CancellationToken cancellationToken = default) =>
        _time.PassUntilAsync(condition, longest, cancellationToken);

    /// <summary>Manual pacing: 20 ms pass for each frame.</summary>
    public Task StepAsync(int frames = 1, CancellationToken cancellationToken = default) => PassAsync(CallerTime.Frame * frames, cancellationToken);

    /// <summary>Manual pacing: steps until a condition holds, at most so many frames; false if it never did.</summary>
    public async Task<bool> StepUntilAsync(Func<bool> condition, int maxFrames = 3000, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < maxFrames && !condition(); i++)
            await StepAsync(1, cancellationToken);
        return condition();
    }

    /// <summary>The network loses the next frames: their time passes and their numbers are used, but they are not sent.</summary>
    public void LoseFrames(int frames) => Frames.Lose(frames);

    /// <summary>Sends the last frame once more, to the letter.</summary>
    public Task RepeatFrameAsync(CancellationToken cancellationToken = default) => SendFrameAsync(Frames.Again, cancellationToken);

    /// <summary>Sends one more frame, of an idle line, stamped so much before the last one.</summary>
    public Task SendLateFrameAsync(int milliseconds = 100, CancellationToken cancellationToken = default) =>
        SendFrameAsync(() => Frames.Late(milliseconds), cancellationToken);

    /// <summary>Says something (µ-law); completes when its last frame was sent, so with manual pacing step before awaiting it.</summary>
    public Task SpeakAsync(byte[] pcmu) => _speech.Add(pcmu);

    public Task PressAsync(char digit, CancellationToken cancellationToken = default) => _line.SendAsync(() => _wire.Dtmf(digit), cancellationToken);

    /// <summary>Sends any text as a message of the stream.</summary>
    public Task SendRawAsync(string text, CancellationToken cancellationToken = default) => _line.SendAsync(() => text, cancellationToken);

    /// <summary>Sends the <c>start</c> message; only for calls that were told not to.</summary>
    public Task SendStartAsync(CancellationToken cancellationToken = default) =>
        _line.BeginAsync(() => _wire.Start(AccountSid, CallSid, Twiml.Parameters), starts: true, cancellationToken);

    /// <summary>The caller hangs up: <c>stop</c>, then the socket closes.</summary>
    public async Task HangUpAsync(CancellationToken cancellationToken = default)
    {
        await _line.SendAsync(() => _wire.Stop(AccountSid, CallSid), cancellationToken);
        await _line.FlushAsync();
        await CloseBareAsync(cancellationToken);
    }

    /// <summary>The socket closes without a <c>stop</c>.</summary>
    public Task CloseBareAsync(CancellationToken cancellationToken = default) =>
        _socket?.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken) ?? Task.CompletedTask;

    /// <summary>The connection is reset.</summary>
    public void Abort() => _socket?.Abort();

    /// <summary>Waits until so many bytes of audio came in all.</summary>
    public Task WaitForMediaAsync(long bytes, CancellationToken cancellationToken = default) =>
        Playout.WaitUntilAsync(playout => playout.ReceivedSamples >= bytes, cancellationToken);

    /// <summary>Waits for the n-th <c>clear</c>, counted from 1.</summary>
    public async Task<ClearSnapshot> WaitForClearAsync(int number = 1, CancellationToken cancellationToken = default)
    {
        await Playout.WaitUntilAsync(_ => Record.Clears.Count >= number, cancellationToken);
        return Record.Clears[number - 1];
    }

    /// <summary>Waits until so many marks came in all.</summary>
    public Task WaitForMarksAsync(int count, CancellationToken cancellationToken = default) =>
        Playout.WaitUntilAsync(_ => Record.Count(BridgeMessageKind.Mark) >= count, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _line.Stop();
        _socket?.Abort();
        await Task.WhenAll(_reading, _running);
        _socket?.Dispose();
        _line.Dispose();
        _over.Dispose();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        _reading = ReadAsync();
        await _line.BeginAsync(TwilioWire.Connected, starts: false, cancellationToken);
        if (!_options.SendStart)
            return;
        await SendStartAsync(cancellationToken);
        if (_options.Pacing == Pacing.RealTime)
            _running = Task.WhenAll(_time.RunAsync(() => _ended.Task.IsCompleted, _over.Token), _line.RunAsync(_over.Token));
    }

    private async Task SendFrameAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? said = null;
        await SendFrameAsync(() => Frames.Next(out said), cancellationToken);
        said?.TrySetResult();
    }

    private async Task SendFrameAsync(Func<(string? Text, byte[] Frame)> next, CancellationToken cancellationToken)
    {
        byte[] frame = [];
        await _line.SendAsync(
            () =>
            {
                (var text, frame) = next();
                return text;
            },
            cancellationToken,
            () => Record.FrameSent(frame, Clock.GetTimestamp()));
    }

    private async Task ReadAsync()
    {
        var close = await _line.ReadAsync();
        End(close);
        await CloseBareAsync();
    }

    private void End(CloseInfo close)
    {
        var reason = new InvalidOperationException($"The stream is over: it was ended {close}.");
        _ended.TrySetResult(close);
        _speech.Fail(reason);
        Playout.Fail(reason);
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
