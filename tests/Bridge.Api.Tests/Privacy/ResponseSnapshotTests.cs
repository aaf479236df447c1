using Bridge.Api.Tests.Security;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests.Privacy;

/// <summary>S30: what the outside is told, route by route. No stack, no version, no name of a server, no detail.</summary>
[CancelAfter(30_000)]
public sealed class ResponseSnapshotTests
{
    private static readonly string[] KnownHeaders =
        ["Content-Length", "Content-Type", "Date", "Connection", "Transfer-Encoding", "Allow", "Upgrade", "Cache-Control", "Expires", "Pragma"];

    private static readonly Dictionary<string, (Func<BridgeHost, RawRequest> Ask, int Status, string? Body)> Routes = new()
    {
        ["root"] = (b => Get(b, "/"), 200, "{\"message\":\"Bridge is running. Point the voice webhook of a Twilio number at /incoming-call.\"}"),
        ["live"] = (b => Get(b, "/health/live"), 200, "Healthy"),
        ["ready"] = (b => Get(b, "/health/ready"), 200, "Healthy"),
        ["no such path"] = (b => Get(b, "/admin"), 404, ""),
        ["metrics"] = (b => Get(b, "/metrics"), 404, ""),
        ["a catalogue of routes"] = (b => Get(b, "/openapi/v1.json"), 404, ""),
        ["a file"] = (b => Get(b, "/appsettings.json"), 404, ""),
        ["a hidden file"] = (b => Get(b, "/.env"), 404, ""),
        ["a wrong method"] = (b => Get(b, "/incoming-call") with { Method = "DELETE" }, 405, ""),
        ["unsigned"] = (b => RawRequest.Form(b.PublicUrl(), "/incoming-call", b.Form()), 403, ""),
        ["no form"] = (b => RawRequest.Post(b.PublicUrl(), "/incoming-call", "application/json", "{}"u8.ToArray()).With(TwilioSignature.Header, "x"), 415, ""),
        ["too large"] = (b => RawRequest.Form(b.PublicUrl(), "/incoming-call", b.Form(("x", new string('x', 70_000)))).With(TwilioSignature.Header, "x"), 413, ""),
        ["malformed"] = (b => b.Genuine(b.Form(("CallSid", "CA1"))), 400, "CallSid must be CA followed by 32 hexadecimal digits. This address is for Twilio's voice webhook."),
        ["no WebSocket"] = (b => Get(b, "/media-stream/x"), 426, "This address is for Twilio's media streams, which are WebSockets."),
        ["no token"] = (b => b.GenuineHandshake("/media-stream/x"), 403, ""),
        ["no HTTP"] = (b => new RawRequest("GET", "/ /"), 400, ""),
        ["another HTTP"] = (b => Get(b, "/") with { Version = "HTTP/3.9" }, 505, ""),
        ["many headers"] = (b => Enumerable.Range(0, 60).Aggregate(Get(b, "/"), (r, n) => r.With($"X-{n}", "x")), 431, ""),
        ["a genuine webhook"] = (b => b.Genuine(b.Form()), 200, null),
        ["a question after no stream"] = (b => b.Genuine(b.Form(), "/stream-ended"), 200, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Hangup /></Response>"),
    };

    private static IEnumerable<string> Names => Routes.Keys;

    [Test]
    public async Task An_answer_is_what_it_must_be_and_no_more([ValueSource(nameof(Names))] string route, [Values("Production", "Development")] string environment, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["ASPNETCORE_ENVIRONMENT"] = environment });
        var (ask, status, body) = Routes[route];
        var answer = await ask(bridge).AskAsync(bridge.Address, cancel);

        Assert.That(answer?.Status, Is.EqualTo(status));
        Assert.That(answer!.Headers.Select(h => h.Key), Is.SubsetOf(KnownHeaders));
        if (body is not null)
            Assert.That(Unchunked(answer), Is.EqualTo(body));
    }

    [Test]
    public async Task A_service_that_is_full_or_stopping_says_only_that(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CONCURRENT_CALLS"] = "1" });
        await bridge.PlaceAsync(cancel);
        var answer = await Get(bridge, "/health/ready").AskAsync(bridge.Address, cancel);

        Assert.That((answer?.Status, Unchunked(answer!)), Is.EqualTo(((int?)503, "Unhealthy")));
    }

    [TestCase("Production")]
    [TestCase("Development")]
    public async Task A_fault_of_ours_is_told_to_the_log_and_to_nobody_else(string environment, CancellationToken cancel)
    {
        await using var app = BridgeApp.Create(new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = environment, ["HOST"] = "127.0.0.1", ["PORT"] = "0", ["LOG_LEVEL"] = "critical", ["REALTIME_PROVIDER"] = "echo",
            ["TWILIO_AUTH_TOKEN"] = CanaryWatch.AuthToken, ["PUBLIC_BASE_URL"] = "https://bridge.test",
        }, builder => builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>());
        app.Map("/broken", _ => throw new InvalidOperationException("a canary in an exception")).WithMetadata(new Middleware.OpenToAll());
        await app.StartAsync(cancel);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var answer = await new RawRequest("GET", "/broken").With("Host", "bridge.test").With("Accept", "text/html").AskAsync(address, cancel);

        Assert.That((answer?.Status, answer?.Text), Is.EqualTo(((int?)500, "")));
        Assert.That(answer!.Headers.Select(h => h.Key), Is.SubsetOf(KnownHeaders));
    }

    [TestCase("/incoming-call")]
    [TestCase("/stream-ended")]
    public async Task A_webhook_that_fails_is_answered_with_an_apology_and_no_detail(string path, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(customize: b => b.Services.AddSingleton<MediatR.IMediator>(_ => NSubstitute.Substitute.For<MediatR.IMediator>()));
        var answer = await bridge.Genuine(bridge.Form(), path).AskAsync(bridge.Address, cancel);

        // A mediator that answers null is as broken as one can be.
        Assert.That(answer?.Status, Is.EqualTo(200));
        Assert.That(answer!.Text, Does.Contain("<Say").And.Contain("I am sorry").And.Not.Contain("Exception").And.Not.Contain(" at "));
    }

    private static RawRequest Get(BridgeHost bridge, string target) => new RawRequest("GET", target).With("Host", bridge.PublicUrl().Authority);

    private static string Unchunked(RawAnswer answer) =>
        answer.Header("Transfer-Encoding") is null ? answer.Text : string.Concat(answer.Text.Split("\r\n").Where((_, at) => at % 2 == 1)).TrimEnd('\r', '\n');
}
