using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using Bridge.Application;
using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using Bridge.Infrastructure.Realtime.OpenAI;
using Bridge.Infrastructure.WebSockets;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Bridge.Infrastructure.Tests;

/// <summary>
/// A whole call over our WebSockets on both sides, with both directions at once and marks that come back: what a
/// frame leaves behind. Reads wait for each frame, as they do on a network, so the waiting is counted, too.
/// </summary>
public sealed class HotPathSocketTests
{
    private const int WarmUp = 12_000;
    private const int Frames = 10_000;
    private const int FrameMs = 20;
    private const string Stamp = "00000000";

    private readonly HandMovedTime _time = new();
    private readonly byte[] _frame = new byte[1024];
    private readonly byte[] _mark = new byte[256];
    private readonly InlineStream _twilio;
    private readonly InlineStream _model;
    private int _markLength;
    private int _marks;
    private int _media;
    private int _appends;
    private int _round;

    public HotPathSocketTests() => (_twilio, _model) = (new InlineStream(TwilioGets), new InlineStream(ModelGets));

    private static bool IsOptimised =>
        typeof(CallBridge).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is not [DebuggableAttribute { IsJITOptimizerDisabled: true }];

    [Test]
    public async Task Ten_thousand_frames_each_way_and_their_marks_leave_nothing_behind()
    {
        Assume.That(IsOptimised, "a debug build makes an object of every async method's state");
        // As in a server: with NUnit's context, what follows a read would run elsewhere.
        SynchronizationContext.SetSynchronizationContext(null);
        await using var services = Services();
        var run = Begin(services);
        Assert.That(_appends, Is.EqualTo(1), "the greeting is asked for");

        var callerFrame = Wire.Bytes($$"""{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"{{Stamp}}","payload":"{{Convert.ToBase64String(new byte[160])}}"},"streamSid":"{{Wire.StreamSid}}"}""");
        var stampAt = Wire.Text(callerFrame.Span).IndexOf(Stamp, StringComparison.Ordinal);
        var delta = Wire.Bytes($$"""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(new byte[160])}}"}""");
        for (var i = 0; i < WarmUp; i++)
            OneRound(callerFrame, stampAt, delta);
        var (appends, media, marks) = (_appends, _media, _marks);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Frames; i++)
            OneRound(callerFrame, stampAt, delta);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Multiple(() =>
        {
            Assert.That(_appends - appends, Is.EqualTo(Frames), "each frame of the caller went to the model, before the next one came");
            Assert.That(_media - media, Is.EqualTo(Frames), "each delta went to the caller");
            Assert.That(_marks - marks, Is.EqualTo(Frames * FrameMs / 1_000), "a mark for each second went out and came back");
            Assert.That(allocated, Is.Zero);
        });
        Give(_twilio, $$"""{"event":"stop","streamSid":"{{Wire.StreamSid}}"}""");
        Close(_twilio, fromClient: true);
        Close(_model, fromClient: false);
        await run.WaitAsync(SocketPair.Patience);
    }

    /// <summary>Twenty milliseconds of a call in which both sides speak; a mark of the round before was passed and comes back.</summary>
    private void OneRound(Memory<byte> callerFrame, int stampAt, Memory<byte> delta)
    {
        _time.Step(TimeSpan.FromMilliseconds(FrameMs));
        if (_markLength > 0)
        {
            var mark = RawFrame.Write(_frame, RawFrame.Text, _mark.AsSpan(0, _markLength), fromClient: true);
            _markLength = 0;
            _twilio.Give(_frame.AsSpan(0, mark));
        }

        Utf8Formatter.TryFormat(++_round * FrameMs, callerFrame.Span[stampAt..], out _, new StandardFormat('D', (byte)Stamp.Length));
        _twilio.Give(_frame.AsSpan(0, RawFrame.Write(_frame, RawFrame.Text, callerFrame.Span, fromClient: true)));
        _model.Give(_frame.AsSpan(0, RawFrame.Write(_frame, RawFrame.Text, delta.Span, fromClient: false)));
    }

    /// <summary>The call from its start until both sides wait for frames; all of it on this thread.</summary>
    private Task Begin(ServiceProvider services)
    {
        Give(_twilio, $$$$"""{"event":"start","start":{"accountSid":"AC1","streamSid":"{{{{Wire.StreamSid}}}}","callSid":"{{{{Wire.CallSid}}}}","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}""");
        var registry = services.GetRequiredService<CallRegistry>();
        var token = services.GetRequiredService<StreamTokens>().Prove(registry.TryPromise(Wire.CallSid, "AC1").Token, out _)!;
        return services.GetRequiredService<CallBridge>().RunAsync(
            services.GetRequiredService<TwilioMediaSocketFactory>().Create(_twilio, new FramePace(100_000, () => { })), registry.TryAdmit(token, out _)!, CancellationToken.None);
    }

    private ServiceProvider Services()
    {
        var mediator = Substitute.For<IMediator>();
        mediator.Send(Arg.Any<OpenRealtimeSession>(), Arg.Any<CancellationToken>()).Returns(
            Task.FromResult<IRealtimeSession>(new OpenAIRealtimeSession(_model, new OpenAIEventLog("", NullLogger.Instance), TimeSpan.FromSeconds(1), _time, NullLogger.Instance)));
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Bridge:Provider", "openai")]).Build())
            .AddSingleton<TimeProvider>(_time)
            .AddLogging()
            .AddMetrics()
            .AddApplication()
            .AddInfrastructure()
            .AddSingleton(mediator)
            .AddSingleton(Microsoft.Extensions.Options.Options.Create(new AssistantOptions { Greeting = "Say hello." }))
            .BuildServiceProvider();
    }

    private void TwilioGets(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty)
        {
            var message = RawFrame.Take(ref written, out var kind);
            if (kind != RawFrame.Text)
                continue;
            if (!message.StartsWith("""{"event":"mark","""u8))
            {
                _media++;
                continue;
            }

            // What comes back has the shape of what was sent.
            message.CopyTo(_mark);
            _markLength = message.Length;
            _marks++;
        }
    }

    private void ModelGets(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty)
        {
            RawFrame.Take(ref written, out var kind);
            _appends += kind == RawFrame.Text ? 1 : 0;
        }
    }

    private static void Give(InlineStream stream, string message)
    {
        var frame = new byte[2048];
        stream.Give(frame.AsSpan(0, RawFrame.Write(frame, RawFrame.Text, Wire.Bytes(message).Span, fromClient: true)));
    }

    private static void Close(InlineStream stream, bool fromClient)
    {
        var frame = new byte[16];
        stream.Give(frame.AsSpan(0, RawFrame.Write(frame, RawFrame.Close, [0x03, 0xE8], fromClient)));
    }

    /// <summary>A clock that stands still until it is told to go on. Its timers never come: this is a call in which nothing is late.</summary>
    private sealed class HandMovedTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        public void Step(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
