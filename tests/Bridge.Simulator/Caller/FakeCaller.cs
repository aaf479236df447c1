using System.Security.Cryptography;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Caller;

/// <summary>
/// A Twilio with one phone call on it: asks the webhook and runs its verbs, opens the stream, and when that is over asks the action, and so
/// on, until the call is over. What is about a stream (<see cref="Playout"/>, <see cref="Record"/>, …) is about the call's latest.
/// </summary>
public sealed partial class FakeCaller : IAsyncDisposable
{
    private readonly FakeCallerOptions _options;
    private readonly CallerTime _time;
    private readonly CallCourse _course;
    private readonly TwilioDialer _dialer;
    private readonly CancellationTokenSource _over = new(); // Never disposed: it holds nothing.
    private volatile CallerStream _stream;
    private Task _hangingUp = Task.CompletedTask;

    private FakeCaller(FakeCallerOptions options)
    {
        (_options, CallSid) = (options, options.CallSid ?? "CA" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        Clock = options.Pacing == Pacing.Manual ? options.Clock as ManualClock ?? new ManualClock() : options.Clock;
        _dialer = new TwilioDialer(options, Clock);
        _course = new CallCourse(options, CallSid, Clock) { OpenStream = OpenStreamAsync };
        _stream = new CallerStream(options, 0, TwimlAnswer.None, Clock);
        _time = new CallerTime(Clock, _course.Errand, () => _stream);
    }

    public static string AccountSid { get; } = "AC" + new string('0', 31) + "1";

    public string CallSid { get; }

    public string StreamSid => _stream.StreamSid;

    /// <summary>The webhook's answer; a call it turned away has no stream, and <see cref="Ended"/> says so.</summary>
    public TwimlAnswer Twiml { get; private set; } = TwimlAnswer.None;

    public TimeProvider Clock { get; }

    /// <summary>When the stream was opened, a timestamp of <see cref="Clock"/>.</summary>
    public long StartedAt => _stream.StartedAt;

    public PlayoutBuffer Playout => _stream.Playout;

    /// <summary>Everything that went over the stream, and what was wrong with it.</summary>
    public CallRecord Record => _stream.Record;

    /// <summary>Every breach of Twilio's protocol, of all streams.</summary>
    public IReadOnlyList<string> Violations => AllStreams.Count < 2 ? Record.Violations : [.. AllStreams.SelectMany(stream => stream.Record.Violations)];

    public IReadOnlyList<ClearSnapshot> Clears => Record.Clears;

    /// <summary>The media frames, and how to make them odd.</summary>
    public CallerFrames Frames => _stream.Frames;

    /// <summary>The last frame's timestamp, milliseconds.</summary>
    public int MediaTimeMs => Frames.MediaTimeMs;

    /// <summary>Completes when the stream's socket is over, whoever ended it; the phone call may go on.</summary>
    public Task<CloseInfo> Ended => _stream.Ended;

    public bool IsSpeaking => _stream.IsSpeaking;

    /// <summary>Rings the webhook and, if it connects, opens the stream and sends <c>connected</c> and <c>start</c>.</summary>
    public static async Task<FakeCaller> DialAsync(FakeCallerOptions options, CancellationToken cancellationToken = default)
    {
        var caller = new FakeCaller(options);
        try
        {
            caller.Twiml = await caller._course.DialAsync(cancellationToken);
            if (caller._stream.Number == 0)
                caller._stream = new CallerStream(options, 0, caller.Twiml, caller.Clock);
            return caller;
        }
        catch
        {
            await caller.DisposeAsync();
            throw;
        }
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
    public Task RepeatFrameAsync(CancellationToken cancellationToken = default) => _stream.SendFrameAsync(Frames.Again, cancellationToken);

    /// <summary>Sends one more frame, of an idle line, stamped so much before the last one.</summary>
    public Task SendLateFrameAsync(int milliseconds = 100, CancellationToken cancellationToken = default) =>
        _stream.SendFrameAsync(() => Frames.Late(milliseconds), cancellationToken);

    /// <summary>Says something (µ-law); completes when its last frame was sent, so with manual pacing step before awaiting it.</summary>
    public Task SpeakAsync(byte[] pcmu) => _stream.SpeakAsync(pcmu);

    public Task PressAsync(char digit, CancellationToken cancellationToken = default) => _stream.SendAsync(wire => wire.Dtmf(digit), cancellationToken);

    /// <summary>Sends any text as a message of the stream.</summary>
    public Task SendRawAsync(string text, CancellationToken cancellationToken = default) => _stream.SendAsync(_ => text, cancellationToken);

    /// <summary>Sends the <c>start</c> message; only for calls that were told not to.</summary>
    public Task SendStartAsync(CancellationToken cancellationToken = default) =>
        _stream.SendStartAsync(CallSid, cancellationToken);

    /// <summary>The caller hangs up: <c>stop</c>, then the socket closes. The call is over when its action was told (<see cref="CallEnded"/>).</summary>
    public async Task HangUpAsync(CancellationToken cancellationToken = default)
    {
        var end = _course.BeginHangUp();
        await _stream.StopAsync(CallSid, cancellationToken);
        await _stream.CloseAsync(cancellationToken);
        _hangingUp = end();
    }

    /// <summary>Waits until so many bytes of audio came in all.</summary>
    public Task WaitForMediaAsync(long bytes, CancellationToken cancellationToken = default) =>
        Playout.WaitUntilAsync(playout => playout.ReceivedSamples >= bytes, cancellationToken);

    /// <summary>Waits for the n-th <c>clear</c>, counted from 1.</summary>
    public async Task<ClearSnapshot> WaitForClearAsync(int number = 1, CancellationToken cancellationToken = default)
    {
        var record = Record;
        await Playout.WaitUntilAsync(_ => record.Clears.Count >= number, cancellationToken);
        return record.Clears[number - 1];
    }

    /// <summary>Waits until so many marks came in all.</summary>
    public Task WaitForMarksAsync(int count, CancellationToken cancellationToken = default)
    {
        var record = Record;
        return Playout.WaitUntilAsync(_ => record.Count(BridgeMessageKind.Mark) >= count, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_over.IsCancellationRequested)
            return;
        _course.Cancel();
        await _over.CancelAsync();
        await _hangingUp;

        // A stream that is just being opened is there when the one before it is done.
        for (var next = 0; next < AllStreams.Count; next++)
            await AllStreams[next].DisposeAsync();
    }

    private async Task<Func<Task>> OpenStreamAsync(TwimlAnswer twiml, CancellationToken cancellationToken)
    {
        var (socket, connection) = await _dialer.OpenStreamAsync(twiml, cancellationToken);
        var stream = new CallerStream(_options, AllStreams.Count + 1, twiml, Clock, socket, connection);
        return async () =>
        {
            _stream = stream;
            var begun = stream.BeginAsync(CallSid, _course.Errand.Begin, () => _course.AfterStreamAsync(stream.EndedAbruptly), _over.Token, cancellationToken);
            _course.Notes.Opened(stream);
            await begun;
            if (HowItEnded is not null)
                stream.Abort();
            _course.Notes.Pulse();
        };
    }
}
