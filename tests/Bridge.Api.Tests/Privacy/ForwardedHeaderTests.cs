using System.Net;
using System.Xml.Linq;
using Bridge.Api.Configuration;
using Bridge.Simulator.Commands;

namespace Bridge.Api.Tests.Privacy;

/// <summary>S15, E8: who may say for whom he speaks.</summary>
[CancelAfter(60_000)]
public sealed class ForwardedHeaderTests
{
    private const string CallSid = "CA0123456789abcdef0123456789abcdef";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    [TearDown]
    public void Dispose() => _http.Dispose();

    [TestCase(null, "tunnel.test")]
    [TestCase("", "tunnel.test")]
    [TestCase("10.0.0.7", "tunnel.test")]
    [TestCase("10.0.0.0/8, 192.168.0.0/16,fd00::/8", "tunnel.test")]
    [TestCase("127.0.0.2", "tunnel.test")]
    [TestCase("127.0.0.1", "forwarded.test")]
    [TestCase("10.0.0.7 , 127.0.0.0/8", "forwarded.test")]
    [Category("E8")]
    public async Task A_forwarded_host_is_believed_from_a_trusted_address_only(string? proxies, string host, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync(proxies is null ? [] : new() { ["TRUSTED_PROXIES"] = proxies });
        var connect = await ConnectAsync(bridge, cancel);

        Assert.That(connect.Element("Stream")!.Attribute("url")!.Value, Does.StartWith($"wss://{host}/media-stream/"));
        Assert.That(connect.Attribute("action")!.Value, Is.EqualTo("/stream-ended"), "a prefix is nobody's to say");
    }

    [TestCase(null)]
    [TestCase("127.0.0.1")]
    [Category("E8")]
    public async Task Where_the_public_address_is_set_no_header_changes_it(string? proxies, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartEchoAsync(new() { ["PUBLIC_BASE_URL"] = "https://bridge.test", ["TRUSTED_PROXIES"] = proxies ?? "" });
        var connect = await ConnectAsync(bridge, cancel);

        Assert.That(connect.Element("Stream")!.Attribute("url")!.Value, Does.StartWith("wss://bridge.test/media-stream/"));
        Assert.That(connect.Attribute("action")!.Value, Is.EqualTo("https://bridge.test/stream-ended"));
    }

    [TestCase("everybody")]
    [TestCase("*")]
    [TestCase("0.0.0.0/0")]
    [TestCase("::/0")]
    [TestCase("10.0.0.1,0.0.0.0/0")]
    [TestCase("10.0.0.0/33")]
    [TestCase("proxy.internal")]
    [Category("E8")]
    public void Trust_in_everybody_or_nobody_knows_whom_stops_the_start(string proxies)
    {
        var fault = Fault(new() { ["TRUSTED_PROXIES"] = proxies });
        Assert.That(fault?.ExitCode, Is.EqualTo(78));
        Assert.That(fault!.Message, Does.Contain("- TRUSTED_PROXIES must be"));
    }

    [TestCase("true")]
    [TestCase("True")]
    [TestCase(" TRUE ")]
    [TestCase("1")]
    [Category("E8")]
    public void The_switch_that_trusts_everybody_stops_the_start_whatever_else_is_set(string value)
    {
        var fault = Fault(new() { ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = value, ["TRUSTED_PROXIES"] = "10.0.0.7" });
        Assert.That(fault?.ExitCode, Is.EqualTo(78));
        Assert.That(fault!.Message, Does.Contain("ASPNETCORE_FORWARDEDHEADERS_ENABLED must not be set").And.Contain("TRUSTED_PROXIES"));
    }

    [TestCase("ASPNETCORE_FORWARDEDHEADERS_ENABLED")]
    [TestCase("DOTNET_FORWARDEDHEADERS_ENABLED")]
    [TestCase("FORWARDEDHEADERS_ENABLED")]
    [Category("E8")]
    public async Task By_all_names_that_the_framework_knows_it_by(string variable, CancellationToken cancel)
    {
        await using var bridge = BridgeProcess.Launch(new Uri("ws://127.0.0.1:9/v1/realtime"), new Dictionary<string, string> { [variable] = "true" }, verbose: false);
        Assert.That(await bridge.Exited.WaitAsync(cancel), Is.EqualTo(78));
        Assert.That(bridge.Output, Does.Contain("1 setting(s)").And.Contain("ASPNETCORE_FORWARDEDHEADERS_ENABLED must not be set"));
    }

    [TestCase("false")]
    [TestCase("0")]
    public async Task Switched_off_it_does_not(string value)
    {
        await using var app = BridgeApp.Create(Working(new() { ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = value }));
    }

    private async Task<XElement> ConnectAsync(BridgeHost bridge, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, bridge.Webhook) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["CallSid"] = CallSid }) };
        request.Headers.Host = "tunnel.test";
        foreach (var (name, value) in new[] { ("X-Forwarded-Host", "forwarded.test"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Prefix", "/elsewhere"), ("Forwarded", "host=elsewhere.test"), ("X-Original-Host", "elsewhere.test") })
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request, cancel);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return XElement.Parse(await answer.Content.ReadAsStringAsync(cancel)).Element("Connect")!;
    }

    private static StartFault? Fault(Dictionary<string, string> more) => StartFault.Explain(Assert.Catch(() => BridgeApp.Create(Working(more)))!);

    private static Dictionary<string, string> Working(Dictionary<string, string> more) =>
        new Dictionary<string, string> { ["OPENAI_API_KEY"] = "a-key", ["TWILIO_AUTH_TOKEN"] = "a-token", ["PUBLIC_BASE_URL"] = "https://bridge.test" }.Concat(more).ToDictionary();
}
