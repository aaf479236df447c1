using System.Net;
using System.Net.Sockets;
using Bridge.Api.Doctor;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests.Privacy;

/// <summary>E11: the doctor's words are pasted into issues and chats. There is no secret among them, well or ill.</summary>
[CancelAfter(60_000)]
public sealed class CanaryDoctorTests
{
    private static readonly Canaries Secrets = new([("a key", CanaryWatch.ApiKey), ("a token", CanaryWatch.AuthToken), ("a stream key", CanaryWatch.StreamTokenKey)]);

    private static readonly DoctorBounds Hasty = new() { SlowPace = TimeSpan.FromMilliseconds(200) };

    [TestCase(null, "")]
    [TestCase(401, "")]
    [TestCase(503, "")]
    [TestCase(null, " and a space")]
    [Category("E11")]
    public async Task An_examination_names_settings_and_not_their_values(int? refusal, string behindTheKey, CancellationToken cancel)
    {
        await using var model = await FakeRealtimeServer.StartAsync(
            new FakeModelOptions { RefuseWith = refusal, RefusalBody = $"Incorrect API key provided: {CanaryWatch.ApiKey}" }, cancellationToken: cancel);
        var variables = Variables(FreePort());
        variables["OPENAI_REALTIME_URL"] = model.Url.ToString();
        variables["OPENAI_API_KEY"] += behindTheKey;
        variables["TWILIO_AUTH_TOKEN"] += behindTheKey;
        var said = await AskAsync([], variables, cancel);

        Assert.That(said, Does.Contain("mend:").Or.Contain("ok "));
    }

    [Test, Category("E11")]
    public async Task An_attack_shows_no_token_and_no_signature_that_it_tried(CancellationToken cancel)
    {
        var variables = Variables(FreePort());
        await using var bridge = await BridgeHost.StartAsync(variables: new(variables) { ["OPENAI_API_KEY"] = CanaryWatch.ApiKey }, clock: null);
        var said = await AskAsync(["--attack", variables["PUBLIC_BASE_URL"]], variables, cancel);

        Assert.That(said.Split('\n'), Has.Length.GreaterThan(10), said);
    }

    private static async Task<string> AskAsync(string[] arguments, Dictionary<string, string> variables, CancellationToken cancel)
    {
        await using var output = new StringWriter();
        await DoctorCommand.RunAsync(arguments, variables, output, Hasty, cancel);
        foreach (var line in output.ToString().Split('\n'))
            Assert.That(Secrets.FindIn(line) ?? Patterns.SecretIn(line), Is.Null, line);
        return output.ToString();
    }

    private static Dictionary<string, string> Variables(int port) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production", ["HOST"] = "127.0.0.1", ["PORT"] = $"{port}", ["PUBLIC_BASE_URL"] = $"http://127.0.0.1:{port}",
        ["OPENAI_API_KEY"] = CanaryWatch.ApiKey, ["TWILIO_AUTH_TOKEN"] = CanaryWatch.AuthToken, ["STREAM_TOKEN_KEYS"] = CanaryWatch.StreamTokenKey,
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
