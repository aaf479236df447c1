using Bridge.Api.Tests.Security;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests.Privacy;

/// <summary>E10, S1: who may ask what, for every endpoint that there is. A new one that nobody put into the table fails.</summary>
[CancelAfter(30_000)]
public sealed class EndpointTests
{
    private const string Everybody = "everybody";
    private const string Twilio = "Twilio";

    private static readonly Dictionary<string, string> Table = new()
    {
        ["ANY /health/live"] = Everybody,
        ["ANY /health/ready"] = Everybody,
        ["GET /"] = Everybody,
        ["GET /incoming-call"] = Twilio,
        ["POST /incoming-call"] = Twilio,
        ["GET /stream-ended"] = Twilio,
        ["POST /stream-ended"] = Twilio,
    };

    /// <summary>What a stranger may send to an endpoint of Twilio's, and is not let in with.</summary>
    private static readonly Dictionary<string, Func<RawRequest, RawRequest>> Strangers = new()
    {
        ["no signature"] = r => r.Without(TwilioSignature.Header),
        ["an empty signature"] = r => r.Instead(TwilioSignature.Header, ""),
        ["a signature of chance"] = r => r.Instead(TwilioSignature.Header, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ["a signature that is no base64"] = r => r.Instead(TwilioSignature.Header, "%%%"),
        ["two signatures"] = r => r.With(TwilioSignature.Header, r.Headers.First(h => h.Key == TwilioSignature.Header).Value),
        ["a long signature"] = r => r.Instead(TwilioSignature.Header, new string('A', 8000)),
    };

    private static readonly string[] Spellings =
    [
        "/incoming-call", "/INCOMING-CALL", "/incoming-call/", "/incoming%2Dcall", "//incoming-call", "/./incoming-call", "/x/../stream-ended", "/stream-ended;x=1", "/stream-ended?x=1",
        "/health/live/../../stream-ended", "/media-stream", "/media-stream/../incoming-call", "http://bridge.test/incoming-call",
    ];

    [Test, Category("E10")]
    public async Task Every_endpoint_is_in_the_table_and_the_table_has_no_other()
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        Assert.That(Endpoints(bridge.Services).Select(e => e.Name), Is.SubsetOf(Table.Keys), "say in the table who may ask it");
        Assert.That(Table.Keys, Is.SubsetOf(Endpoints(bridge.Services).Select(e => e.Name)));
    }

    [Test, Category("E10")]
    public async Task What_is_open_to_all_says_so_and_what_does_not_say_so_is_Twilios()
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        foreach (var (name, endpoint) in Endpoints(bridge.Services))
            Assert.That(endpoint.Metadata.Any(m => m.GetType().Name == "OpenToAll"), Is.EqualTo(Table[name] == Everybody), name);
    }

    [Test, Category("E10")]
    public async Task What_is_Twilios_is_answered_403_to_everybody_else([Values] bool hasPlace, CancellationToken cancel)
    {
        // A full service must not tell a stranger more than an empty one.
        await using var bridge = await BridgeHost.StartGuardedAsync(variables: new() { ["MAX_CONCURRENT_CALLS"] = hasPlace ? "10" : "1" });
        if (!hasPlace)
            await bridge.PlaceAsync(cancel);
        foreach (var name in Table.Where(t => t.Value == Twilio).Select(t => t.Key))
        {
            var (method, path) = (name.Split(' ')[0], name.Split(' ')[1]);
            foreach (var (what, change) in Strangers)
            {
                var answer = await change(Genuine(bridge, method, path)).AskAsync(bridge.Address, cancel);
                Assert.That((answer?.Status, answer?.Text), Is.EqualTo(((int?)403, "")), $"{name} with {what}");
            }

            Assert.That((await Genuine(bridge, method, path).AskAsync(bridge.Address, cancel))?.Status, Is.EqualTo(200), $"{name} from Twilio");
        }

        Assert.That(bridge.Model.Dials, Is.Empty);
    }

    [Test, Category("E10")]
    public async Task No_method_and_no_spelling_of_a_path_gets_round_it(
        [Values("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")] string method, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        foreach (var path in Spellings)
        {
            var request = RawRequest.Form(bridge.PublicUrl(), path, bridge.Form()).With("X-HTTP-Method-Override", "POST").With("Connection", "close") with { Method = method };
            var answer = await request.AskAsync(bridge.Address, cancel);
            Assert.That(answer?.Status, Is.AnyOf(400, 403, 404, 405, 426), path);
            Assert.That(answer!.Text, Does.Not.Contain("<Response>"), path);
        }

        bridge.NobodyGotIn();
    }

    [TestCase("Production")]
    [TestCase("Development")]
    [Category("E10")]
    public async Task An_endpoint_that_somebody_adds_without_a_thought_is_Twilios_and_fails_the_table(string environment, CancellationToken cancel)
    {
        await using var app = BridgeApp.Create(new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = environment, ["HOST"] = "127.0.0.1", ["PORT"] = "0", ["LOG_LEVEL"] = "error", ["REALTIME_PROVIDER"] = "echo",
            ["TWILIO_AUTH_TOKEN"] = CanaryWatch.AuthToken, ["PUBLIC_BASE_URL"] = "https://bridge.test",
        }, builder => builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>());
        app.MapGet("/dashboard", () => "the numbers of all callers");
        app.MapDelete("/calls/{id}", (string id) => id);
        await app.StartAsync(cancel);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

        Assert.That(Endpoints(app.Services).Select(e => e.Name).Except(Table.Keys), Is.EquivalentTo(new[] { "GET /dashboard", "DELETE /calls/{id}" }));
        Assert.That((await new RawRequest("GET", "/dashboard").With("Host", "bridge.test").AskAsync(address, cancel))?.Status, Is.EqualTo(403));
        Assert.That((await new RawRequest("DELETE", "/calls/1").With("Host", "bridge.test").AskAsync(address, cancel))?.Status, Is.EqualTo(403));
    }

    private static RawRequest Genuine(BridgeHost bridge, string method, string path)
    {
        var form = bridge.Form();
        if (method == "POST")
            return bridge.Genuine(form, path);
        var target = $"{path}?{string.Join('&', form.Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"))}";
        return new RawRequest("GET", target).With("Host", bridge.PublicUrl().Authority).SignedWith(bridge.AuthToken(), $"https://bridge.test{target}");
    }

    private static IEnumerable<(string Name, Endpoint Endpoint)> Endpoints(IServiceProvider services) =>
        from endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]
        select ($"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}", (Endpoint)endpoint);
}
