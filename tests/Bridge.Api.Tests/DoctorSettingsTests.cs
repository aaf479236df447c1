using Bridge.Api.Doctor;

namespace Bridge.Api.Tests;

/// <summary>What the doctor says of settings, without a model and without a network.</summary>
[CancelAfter(30_000)]
public sealed class DoctorSettingsTests
{
    [Test]
    public async Task Settings_that_stop_the_start_are_named_each_by_itself_and_the_rest_is_skipped()
    {
        var said = await DoctorRun.OfAsync(new Dictionary<string, string> { ["PORT"] = "eighty", ["OPENAI_API_KEY"] = "two canaries", ["PUBLIC_BASE_URL"] = "http://example.com" });

        Assert.That(said.Code, Is.EqualTo(78));
        foreach (var variable in new[] { "PORT", "OPENAI_API_KEY", "PUBLIC_BASE_URL", "TWILIO_AUTH_TOKEN" })
            Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains($"  {variable}").And.Contains("mend:"), said.Text);
        Assert.That(said.Findings("skipped"), Has.Count.EqualTo(3));
        Assert.That(said.Text, Does.Not.Contain("two canaries").And.Contains("4 to mend"));
    }

    [TestCase("OPENAI_API_KEI", "did you mean OPENAI_API_KEY?")]
    [TestCase("TWILO_AUTH_TOKEN", "did you mean TWILIO_AUTH_TOKEN?")]
    [TestCase("openai_api_key", "did you mean OPENAI_API_KEY?")]
    [TestCase("MAX_CONCURENT_CALLS", "did you mean MAX_CONCURRENT_CALLS?")]
    [TestCase("UPLINK_BATCHES_MS", "did you mean UPLINK_BATCH_MS?")]
    [TestCase("TWILIO_PHONE_NUMBER", "take it out")]
    [TestCase("TWILIO_ACCOUNT_SID_FILE", "take it out")]
    [TestCase("Bridge__SendTimeout", "set it in the environment of the process")]
    public async Task A_variable_that_nothing_reads_is_named_without_its_value(string variable, string mend)
    {
        var said = await DoctorRun.OfEchoAsync((variable, "canary"));

        Assert.That(said.Code, Is.Zero);
        Assert.That(said.Findings("WARN"), Has.Exactly(1).Contains(variable).And.Contains(mend), said.Text);
        Assert.That(said.Text, Does.Not.Contain("canary"));
    }

    [TestCase("HOME")]
    [TestCase("PATH")]
    [TestCase("LOGNAME")]
    [TestCase("HOSTNAME")]
    [TestCase("DOTNET_gcServer")]
    [TestCase("ASPNETCORE_URLS")]
    [TestCase("MAX_JOBS")]
    public async Task Other_peoples_variables_are_none_of_its_business(string variable) =>
        Assert.That((await DoctorRun.OfEchoAsync((variable, "x"))).Text, Does.Not.Contain(variable));

    [TestCase("REPLICAS", "3", "FAIL", "STREAM_TOKEN_KEYS is not set")]
    [TestCase("IDLE_END_AFTER", "20", "WARN", "IDLE_ASK_AFTER (30 s) does nothing")]
    [TestCase("OPENAI_RESPONSE_VOICE", "marin", "WARN", "OPENAI_RESPONSE_VOICE: without effect")]
    [TestCase("OPENAI_SHOW_TIMING_MATH", "on", "WARN", "seen only in the log's level debug")]
    [TestCase("TWILIO_VALIDATE_SIGNATURES", "off", "WARN", "whoever finds the address")]
    [TestCase("TWILIO_AUTH_TOKEN", "", "WARN", "TWILIO_AUTH_TOKEN is not set")]
    public async Task A_setting_that_comes_to_nothing_beside_the_others_is_named(string variable, string value, string word, string found) =>
        Assert.That((await DoctorRun.OfEchoAsync((variable, value))).Findings(word), Has.Some.Contains(found));

    [Test]
    public async Task An_intro_of_a_minute_is_looked_at()
    {
        var said = await DoctorRun.OfEchoAsync(("TWILIO_INTRO_TEXT", new string('a', 900)));
        Assert.That(said.Findings("WARN"), Has.Exactly(1).Contains("takes about 64 s to say"));
    }

    [TestCase("Max open files            1024                 524288               files", 1000, "WARN", "enough for about 256 calls")]
    [TestCase("Max open files            1024                 524288               files", 256, "ok", "enough for MAX_CONCURRENT_CALLS=256")]
    [TestCase("Max open files            unlimited            unlimited            files", 1000, "ok", "enough for MAX_CONCURRENT_CALLS=1000")]
    [TestCase("Max open files            4096                 4096                 files", 0, "ok", "about 1280 calls")]
    [TestCase("Max processes             96365                96365                processes", 1, "skipped", "does not say")]
    public async Task The_calls_must_fit_into_the_open_files(string limits, int calls, string word, string found)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"Limit  Soft Limit  Hard Limit  Units\n{limits}\n");
            await using var patient = Patient.Of(new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["MAX_CONCURRENT_CALLS"] = $"{calls}" });
            var output = new StringWriter();
            await new Report(output).WriteAsync(new FileExam(patient, file), CancellationToken.None);
            Assert.That(output.ToString(), Does.Contain($"  {word}").And.Contain(found));
            Assert.That(word != "WARN" || output.ToString().Contains("LimitNOFILE=3256", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase(64, "--atack", "https://example.com")]
    [TestCase(64, "--attack")]
    [TestCase(64, "--attack", "http://example.com")]
    [TestCase(64, "--attack", "https://example.com/?a=b")]
    [TestCase(64, "--attack", "example.com")]
    [TestCase(0, "--help")]
    public async Task The_usage_is_told_to_whoever_asks_or_slips(int code, params string[] arguments)
    {
        var said = await DoctorRun.OfAsync(new Dictionary<string, string>(), null, arguments);
        Assert.That((said.Code, said.Text.Contains("--attack URL", StringComparison.Ordinal)), Is.EqualTo((code, true)));
    }
}
