using Bridge.Simulator.Commands;

namespace Bridge.Simulator.Tests;

internal sealed class BridgeVariablesTests
{
    [TestCase("MAX_CONCURRENT_CALLS")]
    [TestCase("OPENAI_TRANSCRIPTION_MODEL")]
    [TestCase("openai_api_key")]
    [TestCase("REALTIME_PROVIDER")]
    [TestCase("TWILIO_INTRO_TEXT")]
    [TestCase("PUBLIC_BASE_URL")]
    [TestCase("TWILIO_AUTH_TOKEN_FILE")]
    [TestCase("STREAM_TOKEN_KEYS")]
    [TestCase("STREAM_TOKEN_KEYS_FILE")]
    [TestCase("TRUSTED_PROXIES")]
    [TestCase("MAX_CALLS_PER_NUMBER_PER_HOUR")]
    [TestCase("CALLER_CONTEXT")]
    [TestCase("UPLINK_BATCH_MS")]
    [TestCase("HOST")]
    [TestCase("Port")]
    [TestCase("LOG_LEVEL")]
    [TestCase("SERVER__PORT")]
    [TestCase("Bridge__MaxConcurrentCalls")]
    [TestCase("assistant__turndetection__silencedurationms")]
    [TestCase("Twilio:PublicBaseUrl")]
    [TestCase("OPENAI__ENDPOINT")]
    [TestCase("AllowedHosts")]
    [TestCase("ASPNETCORE_URLS")]
    [TestCase("ASPNETCORE_Server__Port")]
    [TestCase("DOTNET_ENVIRONMENT")]
    [TestCase("DOTNET_Bridge__Provider")]
    public void What_would_change_the_bridge_is_kept_from_it(string name) => Assert.That(BridgeVariables.Contains(name), Is.True);

    [TestCase("PATH")]
    [TestCase("HOME")]
    [TestCase("HOSTNAME")]
    [TestCase("DOTNET_ROOT")]
    [TestCase("DOTNET_gcServer")]
    [TestCase("SERVERS")]
    [TestCase("PORTABLE")]
    public void What_is_the_machines_own_is_left(string name) => Assert.That(BridgeVariables.Contains(name), Is.False);
}
