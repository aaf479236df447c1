using System.Net.WebSockets;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

/// <summary>What becomes of a call when its stream is over. Virtual time unless a test says otherwise.</summary>
internal sealed class CallCourseTests
{
    private const string Goodbye = "<Response><Say>Bye</Say><Hangup/></Response>";

    private StandInService _service = null!;

    [SetUp]
    public async Task SetUp() => _service = await StandInService.StartAsync(StandInService.Connect());

    [TearDown]
    public Task TearDown() => _service.DisposeAsync().AsTask();

    [Test]
    public async Task A_stream_that_the_bridge_closed_is_followed_by_the_action_and_the_action_by_another_stream()
    {
        _service.On("/after", StandInService.Connect("action=\"/again\""));
        await using var caller = await _service.CallAsync();
        var first = caller.StreamSid;
        await caller.StepAsync(5);
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.WaitForStreamAsync(2, ModelClient.Limit());
        var stream = await _service.StreamAsync();
        await caller.StepAsync(1);
        var media = await stream.UntilAsync("media");
        Assert.Multiple(() =>
        {
            Assert.That(caller.Streams, Is.EqualTo(2));
            Assert.That(caller.StreamSid, Is.Not.EqualTo(first).And.EqualTo(stream.Sid));
            Assert.That(media.GetProperty("sequenceNumber").GetString(), Is.EqualTo("2"), "the new stream counts from the beginning");
            Assert.That(media.GetProperty("media").GetProperty("timestamp").GetString(), Is.EqualTo("120"));
            Assert.That(caller.AllStreams[0].Ended.Result.By, Is.EqualTo(ClosedBy.Bridge));
            Assert.That(caller.Ended.IsCompleted, Is.False, "it is the latest stream's end");
            Assert.That(caller.CallEnded.IsCompleted, Is.False);
        });
    }

    [Test]
    public async Task The_second_stream_plays_and_returns_marks_as_the_first_did()
    {
        _service.On("/after", StandInService.Connect());
        await using var caller = await _service.CallAsync();
        var first = await _service.StreamAsync();
        await first.PlayAsync(Speech.Tone(1000));
        await caller.WaitForMediaAsync(8000, ModelClient.Limit());
        await caller.StepAsync(10);
        await first.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.WaitForStreamAsync(2, ModelClient.Limit());
        var second = await _service.StreamAsync();
        await second.PlayAsync(Speech.Tone(40));
        await second.MarkAsync("a");
        await caller.WaitForMarksAsync(1, ModelClient.Limit());
        await caller.StepAsync(2);
        Assert.That((await second.UntilAsync("mark")).GetProperty("mark").GetProperty("name").GetString(), Is.EqualTo("a"));
        Assert.That(caller.Playout.HeardSamples, Is.EqualTo(320));
        Assert.That(caller.AllStreams[0].Playout.HeardSamples, Is.EqualTo(1600), "what was not played when its stream ended never is");
        await second.SendAsync("""{"event":"stop"}""");
        await caller.AllStreams[0].Ended;
        await second.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.WaitForStreamAsync(3, ModelClient.Limit());
        Assert.That(caller.Violations, Has.Count.EqualTo(1), "an earlier stream's breach is not forgotten");
    }

    [Test]
    public async Task The_action_is_asked_at_the_public_address_and_signed_for_it()
    {
        _service.On("/incoming-call", StandInService.Connect("action=\"after?n=1\""));
        _service.On("/after", Goodbye);
        await using var caller = await _service.CallAsync(options => options with
        {
            AuthToken = "secret",
            PublicUrl = new Uri("https://public.example"),
            ActionForm = new Dictionary<string, string> { ["More"] = "x" },
        });
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.Hangup));
        var (action, seen) = (caller.Actions.Single(), _service.Requests[^1]);
        Assert.Multiple(() =>
        {
            Assert.That(seen.Target, Is.EqualTo("/after?n=1"));
            Assert.That(seen.Headers["Host"], Is.EqualTo("public.example"));
            Assert.That(seen.Headers["X-Twilio-Signature"], Is.EqualTo(TwilioSignature.Sign("secret", "https://public.example/after?n=1", seen.Form)));
            Assert.That(seen.Form, Is.EqualTo(action.Form));
            Assert.That(seen.Form["CallStatus"], Is.EqualTo("in-progress"));
            Assert.That(seen.Form["CallSid"], Is.EqualTo(caller.CallSid));
            Assert.That(seen.Form["More"], Is.EqualTo("x"));
            Assert.That((action.Status, action.Answer, action.Failure, action.Attempts), Is.EqualTo((200, Goodbye, (string?)null, 1)));
            Assert.That(caller.Sentences.Single(), Is.EqualTo(new HeardSentence("Bye", caller.Sentences[0].At, TimeSpan.Zero, SentenceSource.Action)));
        });
    }

    [Test]
    public async Task A_path_of_the_public_address_is_the_proxys_and_does_not_reach_the_service()
    {
        _service.On("/after", Goodbye);
        _service.On("/incoming-call", StandInService.Connect("action=\"after\""));
        await using var caller = await _service.CallAsync(options => options with { PublicUrl = new Uri("https://public.example/bridge/") });
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.CallEnded.WaitAsync(ModelClient.Limit());
        Assert.That(caller.Actions.Single().Url, Is.EqualTo(new Uri("https://public.example/bridge/after")));
        Assert.That(_service.Requests.Select(request => request.Target), Is.EqualTo(new[] { "/incoming-call", "/after" }));
    }

    [Test]
    public async Task An_action_can_be_asked_with_get()
    {
        _service.On("/incoming-call", StandInService.Connect("action=\"/after?n=1\" method=\"GET\""));
        _service.On("/after", Goodbye);
        await using var caller = await _service.CallAsync(options => options with { AuthToken = "secret" });
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.CallEnded.WaitAsync(ModelClient.Limit());
        var seen = _service.Requests[^1];
        Assert.That(seen.Method, Is.EqualTo("GET"));
        Assert.That(seen.Form["CallSid"], Is.EqualTo(caller.CallSid));
        Assert.That(seen.Headers["X-Twilio-Signature"], Is.EqualTo(TwilioSignature.Sign("secret", _service.Address.OriginalString + seen.Target)));
    }

    [Test]
    public async Task Pauses_and_sentences_take_their_time_on_the_callers_clock()
    {
        _service.On("/after", "<Response><Say>0123456789</Say><Pause length=\"2\"/><Say>0123456789</Say><Hangup/></Response>");
        await using var caller = await _service.CallAsync(options => options with { SayMsPerCharacter = 60 });
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.WaitUntilAsync(c => c.Sentences.Count == 1, ModelClient.Limit());
        var began = caller.Sentences[0].At;
        Assert.That(await caller.PassUntilAsync(() => caller.HowItEnded is not null, TimeSpan.FromSeconds(5)), Is.True);
        Assert.That(caller.Sentences.Select(sentence => caller.Clock.GetElapsedTime(began, sentence.At).TotalMilliseconds), Is.EqualTo(new[] { 0, 2600 }));
        Assert.That(caller.Clock.GetElapsedTime(began, caller.CallEndedAt!.Value).TotalMilliseconds, Is.EqualTo(3200));
    }

    [Test]
    public async Task No_virtual_time_passes_while_twilio_asks()
    {
        _service.On("/after", StandInService.Connect());
        await using var caller = await _service.CallAsync();
        await caller.StepAsync(5);
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.AllStreams[0].Ended.WaitAsync(ModelClient.Limit());
        await caller.StepAsync(1);
        Assert.That(caller.Clock.GetElapsedTime(caller.AllStreams[0].StartedAt, caller.StartedAt).TotalMilliseconds, Is.EqualTo(100));
        Assert.That(caller.AllStreams[1].Record.SentFrames, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task In_real_time_frames_go_out_on_the_second_stream_too()
    {
        _service.On("/after", StandInService.Connect());
        await using var caller = await _service.CallAsync(options => options with { Pacing = Pacing.RealTime });
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        var stream = await _service.StreamAsync();
        for (var i = 0; i < 5; i++)
            await stream.UntilAsync("media");
        Assert.That(caller.Clock.GetElapsedTime(caller.StartedAt), Is.GreaterThan(TimeSpan.FromMilliseconds(80)), "a timer may be a little early");
    }
}
