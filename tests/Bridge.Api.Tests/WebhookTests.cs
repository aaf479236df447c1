using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Bridge.Application.IncomingCalls;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Bridge.Api.Tests;

/// <summary>HTTP as Twilio, a load balancer and a curious developer use it.</summary>
[CancelAfter(30_000)]
public sealed class WebhookTests
{
    private const string CallSid = "CA0123456789abcdef0123456789abcdef";
    private readonly HttpClient _http = new();

    [TearDown]
    public void Dispose() => _http.Dispose();

    [Test]
    public async Task The_root_says_that_the_server_runs(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        var answer = await _http.GetFromJsonAsync<JsonElement>(bridge.Address, cancel);

        Assert.That(answer.GetProperty("message").GetString(), Does.Contain("running"));
    }

    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    public async Task It_is_live_and_ready(string path, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        using var answer = await _http.GetAsync(new Uri(bridge.Address, path), cancel);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_webhook_is_answered_with_the_whole_document(bool post, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync(new() { ["PUBLIC_BASE_URL"] = "https://bridge.example.com:8443/voice/", ["TWILIO_INTRO_TEXT"] = "Hello & welcome", ["TWILIO_INTRO_VOICE"] = "alice" });
        using var answer = await AskAsync(bridge, post, Fields(), cancel);
        var twiml = XElement.Parse(await answer.Content.ReadAsStringAsync(cancel));
        var stream = twiml.Element("Connect")!.Element("Stream")!;

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/xml"));
        Assert.That(answer.Content.Headers.ContentLength, Is.GreaterThan(0));
        Assert.That(twiml.Elements().Select(e => e.Name.LocalName), Is.EqualTo(new[] { "Say", "Pause", "Connect" }));
        Assert.That(twiml.Element("Connect")!.Attribute("action")!.Value, Is.EqualTo("https://bridge.example.com:8443/voice/stream-ended"));
        Assert.That(twiml.Element("Say")!.Value, Is.EqualTo("Hello & welcome"));
        Assert.That(twiml.Elements("Say").Select(s => s.Attribute("voice")!.Value), Is.All.EqualTo("alice"));
        Assert.That(twiml.Element("Pause")!.Attribute("length")!.Value, Is.EqualTo("1"));
        Assert.That(stream.Attribute("url")!.Value, Does.StartWith("wss://bridge.example.com:8443/voice/media-stream").And.Not.Contain("?"));
        Assert.That(
            stream.Elements("Parameter").Select(p => (p.Attribute("name")!.Value, p.Attribute("value")!.Value)),
            Is.EqualTo(new[] { ("From", "+15005550006"), ("To", "\"Zoë\" <&>"), ("Direction", "inbound") }));
    }

    [Test]
    public async Task Without_a_public_address_the_requests_host_and_port_serve(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, bridge.Webhook) { Content = new FormUrlEncodedContent(Fields()), Headers = { Host = "tunnel.example.com:444" } };
        using var answer = await _http.SendAsync(request, cancel);

        Assert.That(await answer.Content.ReadAsStringAsync(cancel), Does.Contain("\"wss://tunnel.example.com:444/media-stream/"));
    }

    [Test]
    public async Task A_proxy_may_keep_the_base_path_or_strip_it(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync(new() { ["PUBLIC_BASE_URL"] = "https://example.com/voice" });
        foreach (var path in new[] { "/voice/incoming-call", "/incoming-call" })
        {
            using var content = new FormUrlEncodedContent(Fields());
            using var answer = await _http.PostAsync(new Uri(bridge.Address, path), content, cancel);
            Assert.That(await answer.Content.ReadAsStringAsync(cancel), Does.Contain("\"wss://example.com/voice/media-stream/"), path);
        }
    }

    [TestCase("off")]
    [TestCase("OFF")]
    public async Task The_intro_can_be_switched_off(string off, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync(new() { ["TWILIO_INTRO_TEXT"] = off });
        using var answer = await AskAsync(bridge, post: true, Fields(), cancel);
        var twiml = XElement.Parse(await answer.Content.ReadAsStringAsync(cancel));

        Assert.That(twiml.Elements().Select(e => e.Name.LocalName), Is.EqualTo(new[] { "Connect" }));
    }

    [TestCase("CallSid", "")]
    [TestCase("CallSid", "CA123")]
    [TestCase("CallSid", "<Response/>")]
    [TestCase("From", "one\u0001two")]
    public async Task A_malformed_webhook_gets_400_with_a_reason_and_no_twiml(string field, string value, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        using var answer = await AskAsync(bridge, post: true, Fields((field, value)), cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(text, Does.StartWith(field).And.Not.Contain("<Response"));
    }

    [Test]
    public async Task A_body_that_is_no_form_is_of_no_use(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync();
        using var answer = await _http.PostAsJsonAsync(bridge.Webhook, Fields(), cancel);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [Test]
    public async Task A_fault_inside_is_answered_with_200_and_an_apology(CancellationToken cancel)
    {
        var failing = Substitute.For<IRequestHandler<AnswerIncomingCall, TwilioAnswer>>();
        failing.Handle(default!, default).ThrowsAsyncForAnyArgs(new InvalidOperationException("broken on purpose"));
        await using var bridge = await BridgeHost.StartEchoAsync(customize: b => b.Services.AddSingleton(failing));
        using var answer = await AskAsync(bridge, post: true, Fields(), cancel);
        var twiml = XElement.Parse(await answer.Content.ReadAsStringAsync(cancel));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(twiml.Elements().Select(e => e.Name.LocalName), Is.EqualTo(new[] { "Say", "Hangup" }));
        Assert.That(bridge.Logs.Lines, Has.One.Contains("broken on purpose"));
    }

    private async Task<HttpResponseMessage> AskAsync(BridgeHost bridge, bool post, Dictionary<string, string> fields, CancellationToken cancel)
    {
        using var form = new FormUrlEncodedContent(fields);
        return post
            ? await _http.PostAsync(bridge.Webhook, form, cancel)
            : await _http.GetAsync(new Uri(bridge.Webhook, "?" + await form.ReadAsStringAsync(cancel)), cancel);
    }

    private static Dictionary<string, string> Fields(params (string Name, string Value)[] changes)
    {
        var fields = new Dictionary<string, string> { ["CallSid"] = CallSid, ["From"] = "+15005550006", ["To"] = "\"Zoë\" <&>", ["Direction"] = "inbound", ["FromCity"] = "" };
        foreach (var (name, value) in changes)
            fields[name] = value;
        return fields;
    }
}
