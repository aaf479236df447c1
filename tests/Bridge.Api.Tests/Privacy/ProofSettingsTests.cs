using Bridge.Api.Configuration;
using Bridge.Api.Tests.Security;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;
using Serilog.Events;

namespace Bridge.Api.Tests.Privacy;

/// <summary>S2: the service stands open only where somebody develops it, or where its owner says so in words.</summary>
[CancelAfter(30_000)]
public sealed class ProofSettingsTests
{
    [Test]
    public void What_is_needed_to_start(
        [Values("Production", "Staging", "development-2", null, "Development")] string? environment,
        [Values(null, "a-token", "a-token, another", " , ")] string? token,
        [Values(null, "true", "off")] string? check,
        [Values(null, "https://bridge.test")] string? address)
    {
        var variables = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "a-key" };
        foreach (var (name, value) in new[] { ("ASPNETCORE_ENVIRONMENT", environment), ("TWILIO_AUTH_TOKEN", token), ("TWILIO_VALIDATE_SIGNATURES", check), ("PUBLIC_BASE_URL", address) })
        {
            if (value is not null)
                variables[name] = value;
        }

        var isGuarded = environment != "Development" && check != "off";
        var expected = new List<string>();
        if (token == " , ")
            expected.Add("TWILIO_AUTH_TOKEN must be the token");
        if (isGuarded && token is null or " , ")
            expected.Add("TWILIO_AUTH_TOKEN (or TWILIO_AUTH_TOKEN_FILE) must be set");
        if (isGuarded && address is null)
            expected.Add("PUBLIC_BASE_URL must be set");
        if (!isGuarded)
            expected.RemoveAll(e => e.Contains("must be set", StringComparison.Ordinal));

        var faults = Faults(variables);
        Assert.That(faults, Has.Length.EqualTo(expected.Count), string.Join('\n', faults));
        foreach (var fault in expected)
            Assert.That(faults, Has.One.StartsWith(fault));
    }

    [Test]
    public void All_faults_are_in_one_message_with_the_exit_code_that_says_do_not_try_again()
    {
        var fault = StartFault.Explain(Assert.Catch(() => BridgeApp.Create(new Dictionary<string, string>
        {
            ["OPENAI_API_KEY"] = "two words", ["STREAM_TOKEN_KEYS"] = "short", ["TRUSTED_PROXIES"] = "*", ["TWILIO_ACCOUNT_SID"] = "AC1", ["TWILIO_VALIDATE_SIGNATURES"] = "maybe", ["CALLER_CONTEXT"] = "perhaps",
            ["MAX_CALLS_PER_NUMBER"] = "-1", ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = "many", ["MAX_CALL_SETUPS_PER_SECOND"] = "1.5", ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true",
        }))!);
        Assert.That(fault?.ExitCode, Is.EqualTo(78));
        foreach (var variable in new[]
        {
            "OPENAI_API_KEY", "STREAM_TOKEN_KEYS", "TRUSTED_PROXIES", "TWILIO_ACCOUNT_SID", "TWILIO_VALIDATE_SIGNATURES", "CALLER_CONTEXT", "MAX_CALLS_PER_NUMBER", "MAX_CALLS_PER_NUMBER_PER_HOUR",
            "MAX_CALL_SETUPS_PER_SECOND", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "TWILIO_AUTH_TOKEN", "PUBLIC_BASE_URL",
        })
        {
            Assert.That(fault!.Message, Does.Match($@"(?m)^  - {variable}\b.* must "), variable);
        }
    }

    [TestCase("Development", null, null, "TWILIO_AUTH_TOKEN is not set, and this is Development")]
    [TestCase("Development", "a-token-of-twilios", "off", "TWILIO_VALIDATE_SIGNATURES is off")]
    [TestCase("Production", "a-token-of-twilios", "off", "TWILIO_VALIDATE_SIGNATURES is off")]
    [TestCase("Production", null, "off", "TWILIO_VALIDATE_SIGNATURES is off")]
    [TestCase("Development", "a-token-of-twilios", null, null)]
    [TestCase("Production", "a-token-of-twilios", null, null)]
    public async Task What_stands_open_is_said_at_the_start_and_what_is_not_said_is_shut(string environment, string? token, string? check, string? warning, CancellationToken cancel)
    {
        var variables = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = environment, ["PUBLIC_BASE_URL"] = "https://bridge.test" };
        foreach (var (name, value) in new[] { ("TWILIO_AUTH_TOKEN", token), ("TWILIO_VALIDATE_SIGNATURES", check) })
        {
            if (value is not null)
                variables[name] = value;
        }

        await using var bridge = await BridgeHost.StartAsync(variables: variables);
        await bridge.Logs.WaitForAsync("Bridge is ready");
        var warnings = bridge.Logs.Events.Where(e => e.Level == LogEventLevel.Warning).Select(LogRecord.Text).ToList();
        var form = new TwilioRequests(bridge.Caller, bridge.Clock).Form(OverheardCall.NewCallSid(), "ringing");
        var status = await bridge.StatusAsync(RawRequest.Form(new Uri("https://bridge.test"), "/incoming-call", form), cancel);

        Assert.That(status, Is.EqualTo(warning is null ? 403 : 200));
        Assert.That(warnings, warning is null ? Has.None.Contains("it is not checked that requests come from Twilio") : Has.One.StartsWith(warning));
    }

    private static string[] Faults(Dictionary<string, string> variables)
    {
        try
        {
            BridgeApp.Create(variables).DisposeAsync().AsTask().GetAwaiter().GetResult();
            return [];
        }
        catch (Exception e) when (StartFault.Explain(e) is { ExitCode: 78 } fault)
        {
            return [.. fault.Message.Split('\n').Skip(1).Select(line => line.Trim()[2..])];
        }
    }
}
