using System.Net;
using System.Net.WebSockets;
using Bridge.Application.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>The door of the media stream, and the ways a stream can be odd.</summary>
[CancelAfter(30_000)]
public sealed class MediaStreamTests
{
    [Test]
    public async Task A_plain_request_is_told_that_this_is_for_websockets(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(bridge.Address, "/media-stream"), cancel);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UpgradeRequired));
    }

    [Test]
    public async Task Who_asks_for_subprotocols_gets_the_first(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        await using var caller = await bridge.CallAsync(o => o with { DialStream = false });
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("audio.one");
        socket.Options.AddSubProtocol("audio.two");
        await socket.ConnectAsync(new UriBuilder(bridge.Address) { Scheme = "ws", Path = caller.Twiml.StreamUrl!.AbsolutePath }.Uri, cancel);

        Assert.That(socket.SubProtocol, Is.EqualTo("audio.one"));
    }

    [Test]
    public async Task A_stream_that_never_says_start_is_closed_and_no_model_is_dialled(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(customize: b => b.Configuration["Bridge:HandshakeTimeout"] = "00:00:00.1");
        await using var caller = await bridge.CallAsync(o => o with { SendStart = false });
        await bridge.PassUntilAsync(bridge.Logs.WaitForAsync("NoStart"), TimeSpan.FromMilliseconds(5));
        var ended = await caller.Ended.WaitAsync(cancel);

        Assert.That((ended.By, ended.Status), Is.EqualTo((ClosedBy.Bridge, 1008)), "closed, not reset");
        Assert.That(bridge.Model.Dials, Is.Empty);
    }

    [Test]
    public async Task Odd_but_legal_spellings_of_the_protocol_are_understood(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(1000), Answers = [] });
        await using var caller = await bridge.CallAsync(o => o with { Spelling = new TwilioSpelling { EscapeSlashes = true, NumericCounters = true }, Fragments = 3 });
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.WaitForMediaAsync(Pcmu.Samples(1000), cancel);
        caller.KeepStepWith(session);
        var said = caller.SpeakAsync(Speech.Clip("caller-ask"));
        await caller.StepAsync(100, cancel);
        await said;
        await session.WaitForAudioAsync(caller.Record.SentBytes, cancel);

        var speech = Speech.Clip("caller-ask");
        Assert.That(session.Record.Audio().AsSpan().IndexOf(speech.AsSpan(0, speech.Length / 160 * 160)), Is.GreaterThanOrEqualTo(0));
    }

    [Test]
    public async Task A_message_beyond_the_limit_ends_the_call_as_too_big(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync();
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.SendRawAsync(new string('x', 17 * 1024), cancel);

        var ended = await caller.Ended.WaitAsync(cancel);
        await session.Closed.WaitAsync(TimeSpan.FromSeconds(1), cancel);
        Assert.That(ended.Status, Is.EqualTo(1009));
        await bridge.Logs.WaitForAsync("Call ended: ProtocolViolation");
    }

    [Test]
    public async Task A_model_that_ignores_the_audio_format_gets_no_audio_and_the_call_ends(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { IgnorePcmu = true });
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await caller.StepAsync(10, cancel);
        await caller.Ended.WaitAsync(cancel);

        Assert.That(session.Record.AudioBytes, Is.Zero);
        Assert.That(bridge.Logs.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal)), Has.One.Contains("did not take audio/pcmu"));
    }

    [Test]
    public async Task A_second_call_on_a_full_service_is_turned_away_busy_and_the_first_goes_on(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(200) }, new() { ["MAX_CONCURRENT_CALLS"] = "1" });
        await using var first = await bridge.CallAsync();
        await bridge.Model.NextConversationAsync(cancel);
        await using var second = await bridge.CallAsync();

        Assert.That(second.Twiml.Kind, Is.EqualTo(TwimlKind.Reject));
        await first.WaitForMediaAsync(Pcmu.Samples(200), cancel);
        Assert.That(bridge.Model.Dials, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_stopping_service_ends_its_calls_and_leaves_nothing_behind(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(customize: b => b.Configuration["Bridge:DrainTimeout"] = "00:00:00");
        await using var caller = await bridge.CallAsync();
        var session = await bridge.Model.NextConversationAsync(cancel);
        await session.WaitForAsync("response.create", 1, cancel);

        await bridge.StopAsync().WaitAsync(cancel);

        Assert.That((await caller.Ended.WaitAsync(cancel)).By, Is.EqualTo(ClosedBy.Bridge));
        Assert.That((await session.Closed.WaitAsync(cancel)).By, Is.EqualTo(ClosedBy.Bridge));
        await bridge.Logs.WaitForAsync("The time to drain is over: 1 call(s)");
        await bridge.Logs.WaitForAsync("Call ended: Draining");
    }

    [Test]
    public async Task Calls_that_end_give_everything_back(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(new() { Greeting = ModelAnswer.Tones(200) });
        for (var i = 0; i < 20; i++)
        {
            await using var caller = await bridge.CallAsync();
            var session = await bridge.Model.NextConversationAsync(cancel);
            await caller.WaitForMediaAsync(1, cancel);
            await caller.HangUpAsync(cancel);
            await session.Closed.WaitAsync(cancel);
        }

        var calls = bridge.Services.GetRequiredService<CallRegistry>();
        for (var changed = calls.Changed; calls.Active > 0; changed = calls.Changed)
            await changed.WaitAsync(cancel);
        await bridge.Model.WaitUntilAsync(model => model.OpenSockets == 0, cancel);
    }
}
