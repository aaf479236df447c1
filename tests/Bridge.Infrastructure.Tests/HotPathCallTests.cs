using System.Buffers.Text;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Bridge.Infrastructure.Realtime.OpenAI;
using Bridge.Infrastructure.Twilio;
using MediatR;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Bridge.Infrastructure.Tests;

/// <summary>
/// A whole call, from socket to socket: what a frame leaves behind. An optimised build must leave nothing. A debug build
/// makes an object of every async method's state; there only the same for each frame is asked for.
/// </summary>
public sealed class HotPathCallTests
{
    // The just-in-time compiler replaces a running loop after ten thousand rounds, and leaves something behind once.
    private const int WarmUp = 12_000;
    private const int Frames = 10_000;

    private readonly SteppedTime _time = new();
    private readonly IMediator _mediator = Substitute.For<IMediator>();
    private IMeterFactory _meters = null!;
    private readonly BridgeOptions _bridge = new();
    private readonly long[] _allocated = new long[3];
    private int _count;

    private static bool IsOptimised =>
        typeof(CallBridge).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is not [DebuggableAttribute { IsJITOptimizerDisabled: true }];

    [SetUp]
    public void SetUp()
    {
        _meters = Substitute.For<IMeterFactory>();
        _meters.Create(Arg.Any<MeterOptions>()).Returns(call => new Meter(call.Arg<MeterOptions>()));
    }

    [TearDown]
    public void TearDown() => _meters.Dispose();

    [TestCase("20", 1)]
    [TestCase("60", 3)]
    [TestCase("auto", 1)]
    public async Task Frames_of_the_caller_leave_nothing_behind(string batchMs, int frames)
    {
        _bridge.CallerAudio.UplinkBatchMs = batchMs;
        var frame = Wire.Bytes($$"""{"event":"media","media":{"track":"inbound","timestamp":"00000000","payload":"{{Convert.ToBase64String(new byte[160])}}"},"streamSid":"{{Wire.StreamSid}}"}""");
        var timestamp = Wire.Text(frame.Span).IndexOf("00000000", StringComparison.Ordinal);
        var twilio = Twilio(buffer =>
        {
            if (!Counts())
                return null;
            _time.Step(TimeSpan.FromMilliseconds(20));
            Utf8Formatter.TryFormat(_count * 20, frame.Span[timestamp..], out _, new System.Buffers.StandardFormat('D', 8));
            frame.Span.CopyTo(buffer);
            return frame.Length;
        });
        var model = new LoopSocket(_ => null, isClient: false);

        await CallAsync(twilio, model);

        // The first frames may wait for the session and go together.
        Assert.That(model.Sent, Is.InRange((Frames / frames) + 1, ((WarmUp + Frames) / frames) + 10), "each frame or batch, the greeting, the goodbye, and what is asked of a model that says nothing");
        AssertNothingLeft();
    }

    [Test]
    public async Task Deltas_of_the_model_and_their_marks_leave_nothing_behind()
    {
        var delta = Wire.Bytes(
            $$"""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(new byte[160])}}"}""");
        var twilio = Twilio(_ => null);
        var model = new LoopSocket(buffer =>
        {
            if (!Counts())
                return null;
            _time.Step(TimeSpan.FromMilliseconds(20));
            delta.Span.CopyTo(buffer);
            return delta.Length;
        }, isClient: false);

        await CallAsync(twilio, model);

        Assert.That(twilio.Sent, Is.InRange(WarmUp + Frames, WarmUp + Frames + 10), "each delta; its mark goes with it");
        AssertNothingLeft();
    }

    /// <summary>Counts a frame; writes down what was allocated at the beginning, the middle and the end; false when there were enough.</summary>
    private bool Counts()
    {
        if (_count is WarmUp or WarmUp + (Frames / 2) or WarmUp + Frames)
            _allocated[(_count - WarmUp) / (Frames / 2)] = GC.GetAllocatedBytesForCurrentThread();
        return _count++ < WarmUp + Frames;
    }

    private void AssertNothingLeft()
    {
        var (first, second) = (_allocated[1] - _allocated[0], _allocated[2] - _allocated[1]);

        Assert.That((first, second), Is.EqualTo(IsOptimised ? (0L, 0L) : (second, second)));
    }

    private static LoopSocket Twilio(LoopSocket.Next next)
    {
        var start = Wire.Bytes(
            $$$$"""{"event":"start","start":{"accountSid":"AC1","streamSid":"{{{{Wire.StreamSid}}}}","callSid":"{{{{Wire.CallSid}}}}","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}""");
        var started = false;
        return new LoopSocket(buffer =>
        {
            if (started)
                return next(buffer);
            started = true;
            start.Span.CopyTo(buffer);
            return start.Length;
        }, isClient: true);
    }

    private async Task CallAsync(LoopSocket twilio, LoopSocket model)
    {
        var session = new OpenAIRealtimeSession(model, new OpenAIEventLog("", NullLogger.Instance), _bridge.CloseTimeout, _time, NullLogger.Instance);
        _mediator.Send(Arg.Any<OpenRealtimeSession>(), Arg.Any<CancellationToken>()).Returns(Task.FromResult<IRealtimeSession>(session));
        var options = Microsoft.Extensions.Options.Options.Create(_bridge);
        var admission = Microsoft.Extensions.Options.Options.Create(new AdmissionOptions());
        var metrics = new BridgeMetrics(_meters);
        var tokens = new StreamTokens(admission, _time);
        using var registry = new CallRegistry(options, admission, Microsoft.Extensions.Options.Options.Create(new TwilioOptions()), tokens, metrics, _time, NullLogger<CallRegistry>.Instance);
        var token = tokens.Prove(registry.TryPromise(Wire.CallSid, "AC1").Token, out _)!;
        using var batching = new UplinkBatching(options, Substitute.For<IProcessorTime>(), metrics, _time, NullLogger<UplinkBatching>.Instance);
        var parts = new CallParts(
            registry,
            new Refusals(metrics, _time, NullLogger<Refusals>.Instance),
            new CallOutcomes(_time),
            _mediator,
            new CallPublisher(_mediator, TimeProvider.System, NullLogger<CallPublisher>.Instance),
            Substitute.For<IRecordings>(),
            metrics,
            batching,
            options,
            Microsoft.Extensions.Options.Options.Create(new AssistantOptions { Greeting = "Say hello." }),
            _time,
            new TimerWheel(_time));
        var bridge = new CallBridge(parts, NullLogger<CallBridge>.Instance);
        // Nothing here ever waits, so all frames are carried before this returns, on this thread.
        var run = bridge.RunAsync(
            new TwilioMediaSocket(twilio, new MediaStreamLimits(), _bridge.CloseTimeout, _time, NullLogger.Instance), registry.TryAdmit(token, out _)!, CancellationToken.None);
        Assert.That(_count, Is.EqualTo(WarmUp + Frames + 1));
        twilio.Closes();
        model.Closes();
        await run.WaitAsync(SocketPair.Patience);
    }

    /// <summary>A clock that stands still until it is told to go on, and makes no garbage.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public void Step(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
    }
}
