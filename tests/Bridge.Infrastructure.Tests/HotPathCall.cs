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

/// <summary>A whole call as the service makes it, between two connections of a test's, whose frames are counted out: what it is made of, and what is said in it.</summary>
internal sealed class HotPathCall : IAsyncDisposable
{
    /// <summary>The just-in-time compiler replaces a running loop after ten thousand rounds, and leaves something behind once.</summary>
    public const int WarmUp = 12_000;

    /// <summary>Frames that are looked at.</summary>
    public const int Frames = 10_000;

    /// <summary>Of speech in a frame.</summary>
    public const int FrameMs = 20;

    private const string Stamp = "00000000";

    private readonly IMediator _mediator = Substitute.For<IMediator>();
    private readonly ServiceProvider _services;
    private readonly Memory<byte> _callerFrame = Wire.Bytes(
        $$"""{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"{{Stamp}}","payload":"{{Speech}}"},"streamSid":"{{Wire.StreamSid}}"}""");
    private readonly int _stampAt;

    /// <param name="uplinkBatchMs">How much of the caller's audio goes to the model at once.</param>
    /// <param name="isWatched">Whether the clock is looked at as time goes on; with a patience that has no end.</param>
    public HotPathCall(string uplinkBatchMs = "20", bool isWatched = false)
    {
        Time = new SteppedTime(isWatched);
        _stampAt = Wire.Text(_callerFrame.Span).IndexOf(Stamp, StringComparison.Ordinal);
        var settings = new Dictionary<string, string?>
        {
            ["Bridge:Provider"] = "openai",
            ["Bridge:CallerAudio:UplinkBatchMs"] = uplinkBatchMs,
        };
        foreach (var rule in isWatched ? ["FillerAfter", "StallAfter", "FirstAudioWithin", "IdleAskAfter", "IdleEndAfter", "MaxCallDuration"] : (string[])[])
            settings["Bridge:Patience:" + rule] = "0";
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<TimeProvider>(Time)
            .AddLogging()
            .AddMetrics()
            .AddApplication()
            .AddInfrastructure()
            .AddSingleton(_mediator)
            .AddSingleton(Microsoft.Extensions.Options.Options.Create(new AssistantOptions { Greeting = "Say hello." }))
            .BuildServiceProvider();
    }

    /// <summary>A debug build makes an object of every async method's state.</summary>
    public static bool IsOptimised =>
        typeof(CallBridge).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is not [DebuggableAttribute { IsJITOptimizerDisabled: true }];

    /// <summary>The first message of Twilio's.</summary>
    public static string Start =>
        $$$$"""{"event":"start","start":{"accountSid":"AC1","streamSid":"{{{{Wire.StreamSid}}}}","callSid":"{{{{Wire.CallSid}}}}","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}""";

    /// <summary>A frame of the model's speech.</summary>
    public static string Delta =>
        $$"""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0,"delta":"{{Speech}}"}""";

    /// <summary>Stands still, but for the frames.</summary>
    public SteppedTime Time { get; }

    private static string Speech => Convert.ToBase64String(new byte[160]);

    /// <summary>A frame of the caller's speech; good until the next one is asked for.</summary>
    /// <param name="milliseconds">When in the call it was said.</param>
    public ReadOnlySpan<byte> CallerFrame(int milliseconds)
    {
        Utf8Formatter.TryFormat(milliseconds, _callerFrame.Span[_stampAt..], out _, new StandardFormat('D', (byte)Stamp.Length));
        return _callerFrame.Span;
    }

    /// <summary>Carries the call, on this thread as long as nothing waits.</summary>
    public Task RunAsync(Stream twilio, Stream model)
    {
        var session = new OpenAIRealtimeSession(model, new OpenAIEventLog("", NullLogger.Instance), TimeSpan.FromSeconds(1), Time, NullLogger.Instance);
        _mediator.Send(Arg.Any<OpenRealtimeSession>(), Arg.Any<CancellationToken>()).Returns(Task.FromResult<IRealtimeSession>(session));
        var registry = _services.GetRequiredService<CallRegistry>();
        var token = _services.GetRequiredService<StreamTokens>().Prove(registry.TryPromise(Wire.CallSid, "AC1").Token, out _)!;
        // A pace that is never reached: to count the frames is part of their way.
        var socket = _services.GetRequiredService<TwilioMediaSocketFactory>().Create(twilio, new FramePace(100_000, () => { }));
        return _services.GetRequiredService<CallBridge>().RunAsync(socket, registry.TryAdmit(token, out _)!, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
