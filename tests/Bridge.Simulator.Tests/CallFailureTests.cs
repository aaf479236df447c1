using System.Net.WebSockets;
using Bridge.Simulator.Caller;
using Microsoft.AspNetCore.Http;

namespace Bridge.Simulator.Tests;

/// <summary>Webhooks, actions and streams that fail, and what Twilio makes of it.</summary>
internal sealed class CallFailureTests
{
    private StandInService _service = null!;

    [SetUp]
    public async Task SetUp() => _service = await StandInService.StartAsync(StandInService.Connect());

    [TearDown]
    public Task TearDown() => _service.DisposeAsync().AsTask();

    [TestCase(500, "text/xml", "<Response/>", "11200")]
    [TestCase(302, "text/xml", "<Response/>", "11200")]
    [TestCase(200, "text/plain", "<Response/>", "12300")]
    [TestCase(200, "text/xml", "<Response>", "12100")]
    [TestCase(200, "text/xml", "<Response><Shout/></Response>", "12200")]
    public async Task A_wrong_answer_makes_twilio_say_its_error_sentence(int status, string contentType, string body, string error)
    {
        _service.On("/after", context =>
        {
            context.Response.StatusCode = status;
            return StandInService.WriteAsync(context, body, contentType);
        });
        await using var caller = await _service.CallAsync();
        await CloseAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.TwilioError));
        Assert.That(caller.Actions.Single().Status, Is.EqualTo(status));
        Assert.That(caller.Actions.Single().Failure, Does.StartWith(error));
        Assert.That(caller.Sentences.Single().Source, Is.EqualTo(SentenceSource.TwilioError));
        Assert.That(caller.Sentences.Single().Text, Does.Contain("application error"));
    }

    [Test]
    public async Task The_fallback_is_asked_when_the_action_fails()
    {
        _service.On("/fallback", "<Response><Dial>+15550004004</Dial></Response>");
        await using var caller = await _service.CallAsync(Fallback);
        await CloseAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.Dialled));
        Assert.That(caller.Dialed, Is.EqualTo("+15550004004"));
        Assert.That(caller.Fallbacks.Single().Form["ErrorCode"], Is.EqualTo("11200"));
        Assert.That(caller.Fallbacks.Single().Form["ErrorUrl"], Does.EndWith("/incoming-call"));
    }

    [Test]
    public async Task A_fallback_that_fails_too_ends_in_the_error_sentence()
    {
        await using var caller = await _service.CallAsync(Fallback);
        await CloseAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.TwilioError));
        Assert.That(caller.Fallbacks.Single().Status, Is.EqualTo(404));
    }

    [Test]
    public async Task An_action_is_given_up_after_15_seconds_of_the_callers_clock()
    {
        var asked = new TaskCompletionSource();
        _service.On("/after", context =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        await using var caller = await _service.CallAsync();
        await CloseAsync();
        await asked.Task.WaitAsync(ModelClient.Limit());
        await caller.PassAsync(TimeSpan.FromMilliseconds(14_999));
        Assert.That(caller.Actions, Is.Empty);
        await caller.PassAsync(TimeSpan.FromMilliseconds(1));
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.TwilioError));
        var action = caller.Actions.Single();
        Assert.That((action.Status, action.Attempts), Is.EqualTo(((int?)null, 1)));
        Assert.That(action.Failure, Does.Contain("15 s"));
    }

    [Test]
    public async Task A_connection_that_fails_is_tried_once_more()
    {
        var failures = 1;
        _service.On("/after", context =>
        {
            if (failures-- > 0)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return StandInService.WriteAsync(context, "<Response><Hangup/></Response>");
        });
        await using var caller = await _service.CallAsync();
        await CloseAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.Hangup));
        Assert.That((caller.Actions.Single().Status, caller.Actions.Single().Attempts), Is.EqualTo((200, 2)));
    }

    [Test]
    public async Task A_connection_that_fails_twice_is_an_error()
    {
        _service.On("/after", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var caller = await _service.CallAsync();
        await CloseAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.TwilioError));
        Assert.That(_service.Requests.Count(request => request.Target == "/after"), Is.EqualTo(2));
    }

    [TestCase(true, CallEnding.Hangup)]
    [TestCase(false, CallEnding.TwilioError)]
    public async Task After_an_abrupt_end_twilio_goes_on_or_takes_it_for_an_error(bool goesOn, CallEnding ending)
    {
        _service.On("/after", "<Response><Hangup/></Response>");
        await using var caller = await _service.CallAsync(options => options with { ActionAfterAbruptEnd = goesOn });
        await _service.StreamAsync();
        caller.Abort();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(ending));
        Assert.That(caller.Actions, Has.Count.EqualTo(goesOn ? 1 : 0));
    }

    [Test]
    public async Task After_an_abrupt_end_the_fallback_can_take_the_call()
    {
        _service.On("/fallback", StandInService.Connect());
        await using var caller = await _service.CallAsync(options => Fallback(options) with { ActionAfterAbruptEnd = false });
        await _service.StreamAsync();
        caller.Abort();
        await caller.WaitForStreamAsync(2, ModelClient.Limit());
        Assert.That(caller.Fallbacks.Single().Form["ErrorCode"], Is.EqualTo("31903"));
        Assert.That(caller.Actions, Is.Empty);
    }

    [Test]
    public async Task A_stream_that_closed_politely_is_no_abrupt_end()
    {
        _service.On("/after", "<Response><Hangup/></Response>");
        await using var caller = await _service.CallAsync(options => options with { ActionAfterAbruptEnd = false });
        await CloseAsync();
        Assert.That(await caller.CallEnded.WaitAsync(ModelClient.Limit()), Is.EqualTo(CallEnding.Hangup));
    }

    [TestCase("action=\"/after\"", "Asked")]
    [TestCase("", "Next")]
    public async Task A_refused_stream_is_followed_by_the_action_or_the_next_verb(string action, string sentence)
    {
        _service.On("/incoming-call", StandInService.Connect(action, "<Say>Next</Say>"));
        _service.On("/after", "<Response><Say>Asked</Say></Response>");
        _service.RefuseStreams = 403;
        await using var caller = await _service.CallAsync(options => options with { ThrowOnFirstFailure = false });
        Assert.That(caller.HowItEnded, Is.EqualTo(CallEnding.OutOfVerbs));
        Assert.That(caller.Sentences.Single().Text, Is.EqualTo(sentence));
        Assert.That(caller.RefusedStreams.Single(), Does.StartWith("31920").And.Contain("403"));
    }

    [Test]
    public async Task A_webhook_that_fails_need_not_be_thrown()
    {
        _service.On("/incoming-call", Fails);
        await using var caller = await _service.CallAsync(options => options with { ThrowOnFirstFailure = false });
        Assert.That(caller.HowItEnded, Is.EqualTo(CallEnding.TwilioError));
        Assert.That((await caller.Ended).By, Is.EqualTo(ClosedBy.NeverOpened));
        Assert.That(async () => await _service.CallAsync(), Throws.TypeOf<WebhookFailedException>());
    }

    [Test]
    public async Task The_fallback_takes_a_call_whose_webhook_fails()
    {
        _service.On("/incoming-call", Fails);
        _service.On("/fallback", StandInService.Connect());
        await using var caller = await _service.CallAsync(Fallback);
        await _service.StreamAsync();
        Assert.That(caller.Streams, Is.EqualTo(1));
    }

    [Test]
    public async Task The_next_answer_can_come_from_elsewhere()
    {
        await using var other = await StandInService.StartAsync(StandInService.Connect());
        other.On("/after", StandInService.Connect());
        var mine = true;
        await using var caller = await _service.CallAsync(options => options with
        {
            PublicUrl = new Uri("https://public.example"),
            Route = url => new UriBuilder(url) { Scheme = url.Scheme == "wss" ? "ws" : "http", Host = "127.0.0.1", Port = (mine ? _service : other).Address.Port }.Uri,
        });
        mine = false;
        await CloseAsync();
        await other.StreamAsync();
        await caller.WaitForStreamAsync(2, ModelClient.Limit());
        Assert.That(other.Requests.Single().Headers["Host"], Is.EqualTo("public.example"));
    }

    private static Task Fails(HttpContext context)
    {
        context.Response.StatusCode = 500;
        return Task.CompletedTask;
    }

    private FakeCallerOptions Fallback(FakeCallerOptions options) => options with { FallbackUrl = new Uri(_service.Address, "/fallback") };

    private async Task CloseAsync() => await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
}
