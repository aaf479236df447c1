using Bridge.Api.Configuration;
using Bridge.Application.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Tests;

/// <summary>Settings: where they come from, and that bad ones stop the start, all named at once.</summary>
public sealed class ConfigurationTests
{
    [Test]
    public void Every_fault_is_in_one_message_and_names_its_variable()
    {
        var faults = new Dictionary<string, string>
        {
            ["OPENAI_REALTIME_MODEL"] = "no such model", ["OPENAI_REALTIME_URL"] = "ws://api.example.com/v1/realtime", ["OPENAI_TEMPERATURE"] = "hot",
            ["OPENAI_RESPONSE_VOICE"] = "a voice", ["OPENAI_LOG_EVENT_TYPES"] = "a;b", ["OPENAI_SHOW_TIMING_MATH"] = "maybe", ["TWILIO_INTRO_VOICE"] = "<voice>",
            ["TWILIO_INTRO_TEXT"] = new string('x', 3001), ["PUBLIC_BASE_URL"] = "http://example.com", ["REALTIME_PROVIDER"] = "nobody", ["MAX_CONCURRENT_CALLS"] = "-1",
            ["HOST"] = "not a host", ["PORT"] = "eighty", ["LOG_LEVEL"] = "loud", ["OPENAI_API_KEY"] = "two words", ["TWILIO_AUTH_TOKEN"] = "two words", ["TWILIO_ACCOUNT_SID"] = "AC1",
            ["TWILIO_VALIDATE_SIGNATURES"] = "perhaps", ["STREAM_TOKEN_KEYS"] = "two words", ["TRUSTED_PROXIES"] = "everybody", ["CALLER_CONTEXT"] = "a little",
            ["MAX_CALL_SETUPS_PER_SECOND"] = "-1", ["MAX_CALLS_PER_NUMBER"] = "few", ["MAX_CALLS_PER_NUMBER_PER_HOUR"] = "-1",
            ["UPLINK_BATCH_MS"] = "50",
        };
        var message = Fault(faults);

        foreach (var variable in faults.Keys)
            Assert.That(message, Does.Match($@"(?m)^  - {variable} .*must be"), variable);
        Assert.That(message, Does.Not.Contain("two words"), "a key is a secret even when it is wrong");
        Assert.That(message, Does.Contain("echo, openai"));
    }

    [TestCase("OPENAI_TEMPERATURE", "2.5")]
    [TestCase("OPENAI_TEMPERATURE", "-0.1")]
    [TestCase("PORT", "65536")]
    [TestCase("OPENAI_REALTIME_URL", "https://api.openai.com/v1/realtime")]
    [TestCase("OPENAI_REALTIME_URL", "ws://127.0.0.1.example.com/v1/realtime")]
    [TestCase("PUBLIC_BASE_URL", "https://example.com/?a=b")]
    [TestCase("PUBLIC_BASE_URL", "example.com")]
    public void A_value_out_of_bounds_stops_the_start(string variable, string value) =>
        Assert.That(Fault(Working((variable, value))), Does.Contain($"- {variable} "));

    [TestCase("OPENAI_TEMPERATURE", "0.8")]
    [TestCase("OPENAI_REALTIME_URL", "ws://localhost:9000/v1/realtime")]
    [TestCase("OPENAI_REALTIME_URL", "ws://[::1]:9000/v1/realtime")]
    [TestCase("PUBLIC_BASE_URL", "https://example.com:8443/base")]
    [TestCase("OPENAI_LOG_EVENT_TYPES", "error, response.done,,")]
    [TestCase("LOG_LEVEL", "DEBUG")]
    [TestCase("HOST", "::1")]
    public async Task A_sensible_value_does_not(string variable, string value)
    {
        await using var app = BridgeApp.Create(Working((variable, value)));
    }

    [TestCase("Development", null, "echo")]
    [TestCase("Development", "a-key", "openai")]
    [TestCase("Production", "a-key", "openai")]
    [TestCase(null, "a-key", "openai")]
    public async Task The_provider_is_openai_but_for_a_developer_without_a_key(string? environment, string? key, string provider)
    {
        await using var app = BridgeApp.Create(Variables([.. Guard, ("ASPNETCORE_ENVIRONMENT", environment), ("OPENAI_API_KEY", key)]));
        Assert.That(app.Services.GetRequiredService<IOptions<BridgeOptions>>().Value.Provider, Is.EqualTo(provider));
    }

    [TestCase("Production", null)]
    [TestCase(null, null)]
    [TestCase("Development", "openai")]
    public void Without_a_key_openai_does_not_start(string? environment, string? provider) =>
        Assert.That(
            Fault(Variables(("ASPNETCORE_ENVIRONMENT", environment), ("REALTIME_PROVIDER", provider))),
            Does.Contain("OPENAI_API_KEY must be set"));

    [Test]
    public async Task The_start_says_that_calls_are_echoed_for_want_of_a_key()
    {
        await using var bridge = await BridgeHost.StartEchoAsync(new() { ["REALTIME_PROVIDER"] = "" });
        await bridge.Logs.WaitForAsync("OPENAI_API_KEY is not set");
    }

    [TestCase("gpt-realtime", "2027-01-20")]
    [TestCase("gpt-4o-realtime-preview", "2027-01-20")]
    public async Task A_model_that_will_be_shut_down_gives_one_warning_with_the_date(string model, string day)
    {
        await using var bridge = await BridgeHost.StartAsync(variables: new() { ["OPENAI_REALTIME_MODEL"] = model });
        Assert.That(bridge.Logs.Lines.Where(l => l.StartsWith("Warning", StringComparison.Ordinal)), Has.One.Contains(model).And.One.Contains(day));
    }

    /// <summary>What nothing but Development starts without.</summary>
    private static (string Name, string? Value)[] Guard => [("TWILIO_AUTH_TOKEN", "a-token"), ("PUBLIC_BASE_URL", "https://example.com")];

    private static string? Fault(Dictionary<string, string> variables) => StartFault.Explain(Assert.Catch(() => BridgeApp.Create(variables))!)?.Message;

    private static Dictionary<string, string> Working(params (string Name, string? Value)[] more) => Variables([.. Guard, ("OPENAI_API_KEY", "a-key"), .. more]);

    private static Dictionary<string, string> Variables(params (string Name, string? Value)[] variables) =>
        variables.Where(v => v.Value is not null).GroupBy(v => v.Name).ToDictionary(v => v.Key, v => v.Last().Value!);
}
