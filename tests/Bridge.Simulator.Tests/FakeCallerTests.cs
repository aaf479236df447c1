using System.Net.WebSockets;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

internal sealed class FakeCallerTests
{
    private StandInBridge _bridge = null!;

    [SetUp]
    public async Task SetUp() => _bridge = await StandInBridge.StartAsync();

    [TearDown]
    public Task TearDown() => _bridge.DisposeAsync().AsTask();

    [Test]
    public async Task The_stream_begins_as_twilio_begins_it()
    {
        await using var caller = await DialAsync();
        var stream = await _bridge.StreamAsync();
        var connected = await stream.UntilAsync("connected");
        var start = (await stream.UntilAsync("start")).GetProperty("start");
        await caller.StepAsync(2);
        await stream.UntilAsync("media");
        var second = await stream.UntilAsync("media");
        Assert.Multiple(() =>
        {
            Assert.That(connected.GetProperty("protocol").GetString(), Is.EqualTo("Call"));
            Assert.That(start.GetProperty("callSid").GetString(), Is.EqualTo(caller.CallSid));
            Assert.That(start.GetProperty("customParameters").GetProperty("from").GetString(), Is.EqualTo("+1"));
            Assert.That(second.GetProperty("sequenceNumber").GetString(), Is.EqualTo("3"));
            Assert.That(second.GetProperty("media").GetProperty("timestamp").GetString(), Is.EqualTo("140"));
            Assert.That(_bridge.StreamPath, Is.EqualTo("/media-stream"));
            Assert.That(_bridge.StreamHeaders["User-Agent"], Is.EqualTo("Twilio.TmeWs/1.0"));
            Assert.That(_bridge.StreamHeaders.Keys, Does.Not.Contain("Sec-WebSocket-Extensions").And.Not.Contain("Sec-WebSocket-Protocol").And.Not.Contain("Origin"));
            Assert.That(_bridge.Form["CallSid"], Does.Match("^CA[0-9a-f]{32}$"));
            Assert.That(caller.StreamSid, Does.Match("^MZ[0-9a-f]{32}$"));
        });
    }

    [Test]
    public async Task Both_requests_are_signed_for_the_public_address()
    {
        await using var caller = await DialAsync(options => options with { AuthToken = "secret", PublicUrl = new Uri("https://public.example") });
        Assert.Multiple(() =>
        {
            Assert.That(_bridge.WebhookHeaders["X-Twilio-Signature"], Is.EqualTo(TwilioSignature.Sign("secret", "https://public.example/incoming-call", _bridge.Form)));
            Assert.That(_bridge.StreamHeaders["X-Twilio-Signature"], Is.EqualTo(TwilioSignature.Sign("secret", "wss://public.example/media-stream")));
            Assert.That(_bridge.WebhookHeaders["Host"], Is.EqualTo("public.example"));
            Assert.That(_bridge.StreamHeaders["Host"], Is.EqualTo("public.example"));
            Assert.That(_bridge.StreamHeaders.Keys, Does.Contain("x-twilio-signature"), "in lower case, as captured");
        });
    }

    [Test]
    public async Task Each_call_has_a_number_of_its_own_and_keeps_it()
    {
        await using var first = await DialAsync(options => options with { CallSid = "CA" + new string('1', 32), DialStream = false });
        var number = _bridge.Form["From"];
        await using var again = await DialAsync(options => options with { CallSid = "CA" + new string('1', 32), DialStream = false });
        Assert.That(_bridge.Form["From"], Is.EqualTo(number).And.Match("^\\+1555[0-9]{7}$"));
        await using var other = await DialAsync(options => options with { CallSid = "CA" + new string('2', 32), DialStream = false });
        Assert.That(_bridge.Form["From"], Is.Not.EqualTo(number));
    }

    [Test]
    public async Task A_webhook_can_be_asked_with_get()
    {
        await using var caller = await DialAsync(options => options with { UseGet = true, From = "+15551112222" });
        Assert.That(_bridge.Form["From"], Is.EqualTo("+15551112222"));
    }

    [Test]
    public async Task Speech_goes_out_frame_by_frame_and_then_the_line_is_idle()
    {
        await using var caller = await DialAsync();
        var stream = await _bridge.StreamAsync();
        var speech = Speech.Tone(50);
        var said = caller.SpeakAsync(speech);
        await caller.StepAsync(3);
        await said;
        await caller.StepAsync(1);
        var sent = new List<byte>();
        for (var i = 0; i < 4; i++)
            sent.AddRange((await stream.UntilAsync("media")).GetProperty("media").GetProperty("payload").GetBytesFromBase64());
        Assert.That(sent.Take(480), Is.EqualTo(Speech.Concat(speech, Pcmu.Quiet(80))));
        Assert.That(sent.Skip(480).Distinct(), Is.EquivalentTo(new byte[] { 0x7F, 0xFF }));
    }

    [Test]
    public async Task Marks_come_back_when_played_and_all_of_them_on_clear()
    {
        await using var caller = await DialAsync();
        var stream = await _bridge.StreamAsync();
        await stream.UntilAsync("start");
        await stream.PlayAsync(Speech.Tone(40));
        await stream.MarkAsync("a");
        await stream.PlayAsync(Speech.Tone(1000));
        await stream.MarkAsync("b");
        await caller.WaitForMarksAsync(2, ModelClient.Limit());
        await caller.StepAsync(2);
        Assert.That((await stream.UntilAsync("mark")).GetProperty("mark").GetProperty("name").GetString(), Is.EqualTo("a"));
        await stream.ClearAsync();
        Assert.That((await stream.UntilAsync("mark")).GetProperty("mark").GetProperty("name").GetString(), Is.EqualTo("b"));
        var clear = await caller.WaitForClearAsync(1, ModelClient.Limit());
        Assert.That((clear.AtSample, clear.Dropped, clear.MediaTimeMs), Is.EqualTo((320, 8000, 140)));
        Assert.That(caller.Violations, Is.Empty);
    }

    [Test]
    public async Task A_breach_of_the_protocol_is_noted_with_its_number()
    {
        await using var caller = await DialAsync(options => options with { SendStart = false });
        var stream = await _bridge.StreamAsync();
        await stream.SendAsync("""{"event":"stop"}""");
        await stream.SendAsync("x", WebSocketMessageType.Binary);
        await stream.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.Ended.WaitAsync(ModelClient.Limit());
        Assert.That(caller.Violations.Select(violation => violation[..5]), Is.EqualTo(new[] { "31951", "31951", "31950", "31951" }));
    }

    [Test]
    public async Task Lost_frames_use_their_numbers_and_their_time()
    {
        await using var caller = await DialAsync();
        var stream = await _bridge.StreamAsync();
        await caller.StepAsync(1);
        caller.LoseFrames(3);
        await caller.StepAsync(4);
        await stream.UntilAsync("media");
        var next = await stream.UntilAsync("media");
        Assert.That(next.GetProperty("sequenceNumber").GetString(), Is.EqualTo("6"));
        Assert.That(next.GetProperty("media").GetProperty("timestamp").GetString(), Is.EqualTo("200"));
    }

    [Test]
    public async Task Messages_can_be_fragmented()
    {
        await using var caller = await DialAsync(options => options with { Fragments = 3 });
        var stream = await _bridge.StreamAsync();
        await stream.UntilAsync("start");
        Assert.That(stream.Frames, Is.EqualTo(6));
    }

    [Test]
    public async Task Hanging_up_sends_stop_and_closes_and_a_bare_close_does_not()
    {
        await using (var caller = await DialAsync())
        {
            var stream = await _bridge.StreamAsync();
            await caller.HangUpAsync();
            Assert.That((await stream.UntilAsync("stop")).GetProperty("stop").GetProperty("callSid").GetString(), Is.EqualTo(caller.CallSid));
            Assert.That(await stream.ReceiveTextAsync(), Is.Null);
            await stream.CloseAsync(WebSocketCloseStatus.NormalClosure);
            Assert.That((await caller.Ended.WaitAsync(ModelClient.Limit())).By, Is.EqualTo(ClosedBy.Us));
        }

        await using var second = await StandInBridge.StartAsync();
        await using var bare = await FakeCaller.DialAsync(new FakeCallerOptions { Webhook = second.Webhook, Pacing = Pacing.Manual });
        await bare.CloseBareAsync();
        Assert.That(async () => await (await second.StreamAsync()).UntilAsync("stop"), Throws.InvalidOperationException);
    }

    [Test]
    public async Task The_end_of_the_stream_tells_who_ended_it_and_how()
    {
        await using var caller = await DialAsync();
        await (await _bridge.StreamAsync()).CloseAsync(WebSocketCloseStatus.InternalServerError);
        var close = await caller.Ended.WaitAsync(ModelClient.Limit());
        Assert.That((close.By, close.Status), Is.EqualTo((ClosedBy.Bridge, 1011)));
        Assert.That(async () => await caller.WaitForMediaAsync(1), Throws.InvalidOperationException.With.Message.Contains("over"));
    }

    [Test]
    public async Task An_abort_breaks_the_connection_without_a_goodbye()
    {
        await using var caller = await DialAsync();
        var stream = await _bridge.StreamAsync();
        await stream.UntilAsync("start");
        caller.Abort();
        Assert.That(async () => await stream.ReceiveTextAsync(), Throws.TypeOf<WebSocketException>());
    }

    [Test]
    public async Task A_rejected_call_has_no_stream()
    {
        await using var bridge = await StandInBridge.StartAsync("<Response><Reject reason=\"busy\"/></Response>");
        await using var caller = await FakeCaller.DialAsync(new FakeCallerOptions { Webhook = bridge.Webhook });
        Assert.That(caller.Twiml.Kind, Is.EqualTo(TwimlKind.Reject));
        Assert.That((await caller.Ended).By, Is.EqualTo(ClosedBy.NeverOpened));
    }

    [Test]
    public async Task A_refused_stream_is_told_with_its_status()
    {
        await using var bridge = await StandInBridge.StartAsync(refuseStream: 403);
        Assert.That(
            async () => await FakeCaller.DialAsync(new FakeCallerOptions { Webhook = bridge.Webhook }),
            Throws.TypeOf<StreamRefusedException>().With.Property("Status").EqualTo(403));
    }

    [Test]
    public async Task In_real_time_a_frame_goes_out_each_20_ms()
    {
        await using var caller = await DialAsync(options => options with { Pacing = Pacing.RealTime });
        var stream = await _bridge.StreamAsync();
        for (var i = 0; i < 10; i++)
            await stream.UntilAsync("media");
        Assert.That(caller.Clock.GetElapsedTime(caller.StartedAt), Is.GreaterThan(TimeSpan.FromMilliseconds(180)), "a timer may be a little early");
    }

    private Task<FakeCaller> DialAsync(Func<FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        var options = new FakeCallerOptions { Webhook = _bridge.Webhook, Pacing = Pacing.Manual };
        return FakeCaller.DialAsync(change?.Invoke(options) ?? options, ModelClient.Limit());
    }
}
