using System.Net.Sockets;
using System.Net.WebSockets;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

/// <summary>What goes wrong at Twilio's end of a stream, as the bridge's end sees it.</summary>
internal sealed class CallerFaultTests
{
    private StandInService _service = null!;

    [SetUp]
    public async Task SetUp()
    {
        _service = await StandInService.StartAsync(StandInService.Connect());
        _service.On("/after", "<Response><Hangup/></Response>");
    }

    [TearDown]
    public Task TearDown() => _service.DisposeAsync().AsTask();

    [Test]
    public async Task Who_stops_reading_makes_the_bridges_sends_block_and_goes_on_sending()
    {
        await using var caller = await _service.CallAsync();
        var stream = await _service.StreamAsync();
        caller.StopReading();
        var (sent, blocked) = await SendUntilBlockedAsync(stream);
        TestContext.Out.WriteLine($"{sent} samples were sent before a send blocked.");
        Assert.That(sent, Is.LessThan(16_000_000), "the kernels' buffers end somewhere");
        var received = caller.Playout.ReceivedSamples;
        Assert.That(received, Is.Zero);

        await caller.StepAsync(2);
        await stream.UntilAsync("media");
        await stream.UntilAsync("media");
        Assert.That(blocked.IsCompleted, Is.False);

        caller.ResumeReading();
        await blocked.WaitAsync(ModelClient.Limit());
        await stream.MarkAsync("last");
        await caller.WaitForMarksAsync(1, ModelClient.Limit());
        Assert.That(caller.Playout.ReceivedSamples, Is.GreaterThan(received));
        Assert.That(caller.Violations, Is.Empty, "nothing was lost or torn");
    }

    [Test]
    public async Task Nobody_waits_for_a_caller_that_does_not_read_to_settle()
    {
        await using var caller = await _service.CallAsync();
        await _service.StreamAsync();
        caller.StopReading();
        await caller.StepAsync(1);
        await caller.SettleAsync(ModelClient.Limit());
        Assert.That(caller.Record.SentFrames, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_silent_line_sends_neither_media_nor_marks_nor_a_close_and_then_goes_on_behind_a_gap()
    {
        await using var caller = await _service.CallAsync();
        var stream = await _service.StreamAsync();
        await caller.StepAsync(1);
        caller.GoSilent();
        var said = caller.SpeakAsync(Speech.Tone(40));
        await stream.MarkAsync("lost");
        await caller.WaitForMarksAsync(1, ModelClient.Limit());
        await caller.PressAsync('1');
        await caller.CloseBareAsync();
        await caller.StepAsync(10);
        await said;
        caller.ResumeMedia();
        await caller.StepAsync(1);
        var first = await NextAsync(stream);
        var second = await NextAsync(stream);
        Assert.That(new[] { first, second }, Is.EqualTo(new[] { "media 2 120", "media 3 340" }), "no number is used, and time goes on");
        Assert.That(caller.Ended.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_silent_line_does_not_answer_a_close()
    {
        await using var caller = await _service.CallAsync();
        var stream = await _service.StreamAsync();
        caller.GoSilent();
        await stream.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.CallEnded.WaitAsync(ModelClient.Limit());
        var answer = stream.ReceiveTextAsync();
        await caller.DisposeAsync();
        Assert.That(async () => await answer, Throws.TypeOf<WebSocketException>(), "only the end of the test ends the connection");
        Assert.That(caller.Actions.Single().Form["CallStatus"], Is.EqualTo("in-progress"), "the caller was still there");
    }

    [Test]
    public async Task A_stop_can_be_the_last_that_is_ever_sent()
    {
        await using var caller = await _service.CallAsync();
        var stream = await _service.StreamAsync();
        await caller.StopWithoutClosingAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.CallerHungUp));
        await caller.StepAsync(5);
        Assert.That(await NextAsync(stream), Does.StartWith("stop"));
        await stream.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.Ended.WaitAsync(ModelClient.Limit());
        var answer = stream.ReceiveTextAsync();
        await caller.DisposeAsync();
        Assert.That(async () => await answer, Throws.TypeOf<WebSocketException>(), "no media, and no close");
        Assert.That(caller.Actions.Single().Form["CallStatus"], Is.EqualTo("completed"));
    }

    [Test]
    public async Task Half_a_close_ends_our_side_without_a_goodbye_and_still_reads()
    {
        using var bridge = new RawBridge();
        await using var caller = await CallRawAsync(bridge);
        await caller.HalfCloseAsync();
        await caller.StepAsync(2);
        Assert.That(await bridge.OpcodesToTheEndAsync(), Is.EqualTo(new[] { 1, 1 }), "connected and start, and no close");
        await bridge.SendAsync($$$"""{"event":"mark","streamSid":"{{{caller.StreamSid}}}","mark":{"name":"m"}}""");
        await caller.WaitForMarksAsync(1, ModelClient.Limit());
        Assert.That(caller.Ended.IsCompleted, Is.False);
        bridge.Dispose();
        await caller.Ended.WaitAsync(ModelClient.Limit());
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.TwilioError), "an abrupt end");
    }

    [Test]
    public async Task An_abort_is_a_reset_of_the_connection()
    {
        using var bridge = new RawBridge();
        await using var caller = await CallRawAsync(bridge);
        await caller.StepAsync(2);
        caller.Abort();
        var error = (await Assert.ThrowsAsync<SocketException>(bridge.OpcodesToTheEndAsync))!;
        Assert.That(error.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.TwilioError), "an abrupt end");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Pings_are_answered_or_swallowed(bool swallowed)
    {
        await using var caller = await _service.CallAsync(options => options with { SwallowPings = swallowed });
        var stream = await _service.StreamAsync();
        await _service.PingAsync();
        await stream.MarkAsync("behind the ping");
        var first = await stream.ReceiveTextAsync();
        Assert.That(first, swallowed ? Does.Contain("behind the ping") : Is.EqualTo(FrameStream.Answer));
    }

    // A stream whose other end is a bare socket, in a call that an abrupt end ends.
    private async Task<FakeCaller> CallRawAsync(RawBridge bridge)
    {
        var accepting = bridge.AcceptAsync();
        var caller = await _service.CallAsync(options => options with
        {
            ActionAfterAbruptEnd = false,
            Route = url => url.Scheme == "wss" ? bridge.Url : url,
        });
        await accepting;
        return caller;
    }

    // Whole seconds of silence in one message each.
    private static async Task<(long Sent, Task Blocked)> SendUntilBlockedAsync(StandInBridge.Stream stream)
    {
        var audio = Pcmu.Quiet(8000 * 5);
        for (var sent = 0L; ; sent += audio.Length)
        {
            var sending = stream.PlayAsync(audio);
            if (await Task.WhenAny(sending, Task.Delay(500)) != sending || sent > 16_000_000)
                return (sent, sending);
        }
    }

    private static async Task<string> NextAsync(StandInBridge.Stream stream)
    {
        var message = System.Text.Json.JsonDocument.Parse((await stream.ReceiveTextAsync())!).RootElement;
        var kind = message.GetProperty("event").GetString()!;
        var stamp = kind == "media" ? message.GetProperty("media").GetProperty("timestamp").GetString() : "";
        return $"{kind} {message.GetProperty("sequenceNumber").GetString()} {stamp}".TrimEnd();
    }
}
