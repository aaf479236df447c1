using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Tests;

/// <summary>What a host says at start of settings that cannot be.</summary>
public sealed class OptionsValidationTests
{
    [Test]
    public void Good_settings_are_no_fault() => Assert.That(Faults(), Is.Empty);

    [TestCase("Bridge:Provider", "alexa", "REALTIME_PROVIDER", "echo, openai")]
    [TestCase("Bridge:MaxConcurrentCalls", "-1", "MAX_CONCURRENT_CALLS", "100000")]
    [TestCase("Bridge:MaxConcurrentCalls", "100001", "MAX_CONCURRENT_CALLS", "100000")]
    [TestCase("Bridge:HandshakeTimeout", "00:00:00", "Bridge:HandshakeTimeout", "0.1 s")]
    [TestCase("Bridge:ConnectTimeout", "00:01:01", "Bridge:ConnectTimeout", "1 min")]
    [TestCase("Bridge:CloseTimeout", "00:00:11", "Bridge:CloseTimeout", "10 s")]
    [TestCase("Bridge:CallerAudio:LongestGapMs", "-1", "Bridge:CallerAudio:LongestGapMs", "60000")]
    [TestCase("Bridge:CallerAudio:InactivityMs", "60001", "Bridge:CallerAudio:InactivityMs", "60000")]
    [TestCase("Bridge:CallerAudio:InactivitySilenceMs", "10001", "Bridge:CallerAudio:InactivitySilenceMs", "10000")]
    [TestCase("Bridge:DrainTimeout", "-00:00:01", "DRAIN_TIMEOUT", "86400")]
    [TestCase("Bridge:DrainTimeout", "1.00:00:01", "DRAIN_TIMEOUT", "86400")]
    [TestCase("Bridge:Replicas", "0", "REPLICAS", "10000")]
    [TestCase("Bridge:PromiseLife", "00:00:00", "Bridge:PromiseLife", "10 min")]
    [TestCase("Bridge:ConnectAttemptTimeout", "00:01:01", "Bridge:ConnectAttemptTimeout", "1 min")]
    [TestCase("Bridge:MediaTimeout", "00:00:00", "Bridge:MediaTimeout", "5 min")]
    [TestCase("Bridge:SendTimeout", "00:01:01", "Bridge:SendTimeout", "1 min")]
    [TestCase("Bridge:Patience:FillerAfter", "-00:00:01", "Bridge:Patience:FillerAfter", "1 min")]
    [TestCase("Bridge:Patience:StallAfter", "00:05:01", "Bridge:Patience:StallAfter", "5 min")]
    [TestCase("Bridge:Patience:FirstAudioWithin", "00:05:01", "Bridge:Patience:FirstAudioWithin", "5 min")]
    [TestCase("Bridge:Patience:IdleAskAfter", "-00:00:01", "IDLE_ASK_AFTER", "86400")]
    [TestCase("Bridge:Patience:IdleEndAfter", "-00:00:01", "IDLE_END_AFTER", "86400")]
    [TestCase("Bridge:Patience:MaxCallDuration", "1.00:00:01", "MAX_CALL_DURATION", "86400")]
    [TestCase("Bridge:Patience:GoodbyeWithin", "00:00:00", "Bridge:Patience:GoodbyeWithin", "2 min")]
    [TestCase("Bridge:Circuit:Failures", "0", "Bridge:Circuit:Failures", "1000")]
    [TestCase("Bridge:Circuit:Within", "00:00:00", "Bridge:Circuit:Within", "1 hour")]
    [TestCase("Bridge:Circuit:OpenFor", "00:00:00", "Bridge:Circuit:OpenFor", "1 hour")]
    [TestCase("Assistant:TakeUp", "", "Assistant:TakeUp", "cut")]
    [TestCase("Assistant:HearAgain", "", "Assistant:HearAgain", "lost")]
    [TestCase("Assistant:StillThere", "", "Assistant:StillThere", "silent")]
    [TestCase("Assistant:Goodbye", "", "Assistant:Goodbye", "ended")]
    [TestCase("Assistant:Filtered", "", "Assistant:Filtered", "filter")]
    [TestCase("Twilio:BusyText", "Busy\u0001", "TWILIO_BUSY_TEXT", "control characters")]
    [TestCase("Twilio:TransferText", "Over\u0001", "Twilio:TransferText", "control characters")]
    [TestCase("Twilio:GoodbyeText", "Bye\u0001", "Twilio:GoodbyeText", "control characters")]
    [TestCase("Twilio:FallbackPhoneNumber", "15551234567", "FALLBACK_PHONE_NUMBER", "plus")]
    [TestCase("Twilio:FallbackPhoneNumber", "+1 555 1234567", "FALLBACK_PHONE_NUMBER", "no spaces")]
    [TestCase("Assistant:Instructions", "", "OPENAI_SYSTEM_PROMPT", "assistant")]
    [TestCase("Assistant:Greeting", "", "Assistant:Greeting", "first response")]
    [TestCase("Assistant:Voice", "two words", "OPENAI_RESPONSE_VOICE", "alloy")]
    [TestCase("Assistant:Temperature", "2.1", "OPENAI_TEMPERATURE", "0 to 2")]
    [TestCase("Assistant:Temperature", "-0.1", "OPENAI_TEMPERATURE", "0 to 2")]
    [TestCase("Assistant:Temperature", "1e10", "OPENAI_TEMPERATURE", "0 to 2")]
    [TestCase("Assistant:Temperature", "3", "OPENAI_TEMPERATURE", "0 to 2")]
    [TestCase("Assistant:TurnDetection:Threshold", "1.4", "Assistant:TurnDetection:Threshold", "0 to 1")]
    [TestCase("Assistant:TurnDetection:Threshold", "2", "Assistant:TurnDetection:Threshold", "0 to 1")]
    [TestCase("Assistant:TurnDetection:PrefixPaddingMs", "-1", "Assistant:TurnDetection:PrefixPaddingMs", "5000")]
    [TestCase("Assistant:TurnDetection:SilenceDurationMs", "49", "Assistant:TurnDetection:SilenceDurationMs", "50")]
    [TestCase("Twilio:IntroVoice", "a\"b", "TWILIO_INTRO_VOICE", "Polly.Joanna-Neural")]
    [TestCase("Twilio:IntroText", "One\u0001moment", "TWILIO_INTRO_TEXT", "control characters")]
    [TestCase("Twilio:ApologyText", "Sorry\u001b", "Twilio:ApologyText", "control characters")]
    [TestCase("Twilio:AccountSid", "SK0123456789abcdef0123456789abcdef", "TWILIO_ACCOUNT_SID", "commas")]
    [TestCase("Twilio:AccountSid", "AC0123456789abcdef0123456789abcdef,AC1", "TWILIO_ACCOUNT_SID", "commas")]
    [TestCase("Twilio:AccountSid", "AC0123456789abcdef0123456789abcdef0", "TWILIO_ACCOUNT_SID", "32")]
    [TestCase("Bridge:CallerAudio:BurstMs", "-1", "Bridge:CallerAudio:BurstMs", "60000")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "30", "UPLINK_BATCH_MS", "20 (each frame by itself), 40, 60, 100, auto")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "0", "UPLINK_BATCH_MS", "20")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "", "UPLINK_BATCH_MS", "20")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "60 ms", "UPLINK_BATCH_MS", "60")]
    [TestCase("Bridge:CallerAudio:TooFastFor", "00:00:00", "Bridge:CallerAudio:TooFastFor", "1 h")]
    [TestCase("Admission:MaxSetupsPerSecond", "-1", "MAX_CALL_SETUPS_PER_SECOND", "no limit")]
    [TestCase("Admission:MaxSetupsPerSecond", "100001", "MAX_CALL_SETUPS_PER_SECOND", "100000")]
    [TestCase("Admission:MaxCallsPerNumber", "-1", "MAX_CALLS_PER_NUMBER", "no limit")]
    [TestCase("Admission:MaxCallsPerNumberPerHour", "1000001", "MAX_CALLS_PER_NUMBER_PER_HOUR", "1000000")]
    [TestCase("Admission:MaxHalfOpen", "-1", "Admission:MaxHalfOpen", "100000")]
    [TestCase("Twilio:PublicBaseUrl", "http://bridge.example", "PUBLIC_BASE_URL", "https")]
    [TestCase("Twilio:PublicBaseUrl", "bridge.example", "PUBLIC_BASE_URL", "https")]
    [TestCase("Twilio:PublicBaseUrl", "wss://bridge.example", "PUBLIC_BASE_URL", "https")]
    [TestCase("Twilio:PublicBaseUrl", "https://bridge.example/?a=b", "PUBLIC_BASE_URL", "query")]
    [TestCase("Twilio:PublicBaseUrl", "https://bridge.example/#a", "PUBLIC_BASE_URL", "https")]
    [TestCase("Twilio:PublicBaseUrl", "https://me@bridge.example/", "PUBLIC_BASE_URL", "user name")]
    public void A_bad_value_is_one_fault_that_names_the_variable_and_what_it_may_be(string key, string value, string variable, string mayBe)
    {
        var faults = Faults((key, value));

        Assert.That(faults, Has.Count.EqualTo(1));
        Assert.That(faults[0], Does.Contain(variable).And.Contain(mayBe));
    }

    [TestCase("Assistant:Temperature", "0.8")]
    [TestCase("Assistant:Temperature", "0")]
    [TestCase("Assistant:Temperature", "2")]
    [TestCase("Bridge:MaxConcurrentCalls", "0")]
    [TestCase("Bridge:DrainTimeout", "00:00:00")]
    [TestCase("Bridge:DrainTimeout", "1.00:00:00")]
    [TestCase("Bridge:Patience:FillerAfter", "00:00:00")]
    [TestCase("Bridge:Patience:MaxCallDuration", "00:00:00")]
    [TestCase("Twilio:FallbackPhoneNumber", "")]
    [TestCase("Twilio:FallbackPhoneNumber", "+15551234567")]
    [TestCase("Bridge:CallerAudio:LongestGapMs", "0")]
    [TestCase("Bridge:CallerAudio:InactivityMs", "0")]
    [TestCase("Bridge:CallerAudio:InactivitySilenceMs", "0")]
    [TestCase("Bridge:Provider", "echo")]
    [TestCase("Twilio:IntroText", "off")]
    [TestCase("Twilio:AccountSid", "")]
    [TestCase("Twilio:AccountSid", "AC0123456789abcdef0123456789ABCDEF")]
    [TestCase("Twilio:AccountSid", " AC0123456789abcdef0123456789abcdef , AC11111111111111111111111111111111 ")]
    [TestCase("Twilio:AuthToken", "12345678901234567890123456789012")]
    [TestCase("Twilio:AuthToken", " 12345678901234567890123456789012 , abcdefabcdefabcdefabcdefabcdefab")]
    [TestCase("Admission:StreamTokenKeys", "0123456789abcdef0123456789abcdef")]
    [TestCase("Admission:StreamTokenKeys", "0123456789abcdef0123456789abcdef, fedcba9876543210fedcba9876543210")]
    [TestCase("Admission:MaxSetupsPerSecond", "0")]
    [TestCase("Admission:MaxCallsPerNumber", "0")]
    [TestCase("Admission:MaxCallsPerNumberPerHour", "0")]
    [TestCase("Admission:MaxHalfOpen", "0")]
    [TestCase("Bridge:CallerAudio:BurstMs", "0")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "20")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "40")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "60")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "100")]
    [TestCase("Bridge:CallerAudio:UplinkBatchMs", "auto")]
    [TestCase("Twilio:PublicBaseUrl", "https://bridge.example:8443/voice")]
    [TestCase("Twilio:PublicBaseUrl", "http://localhost:8000")]
    public void A_value_at_the_edge_is_good(string key, string value) => Assert.That(Faults((key, value)), Is.Empty);

    [TestCase("Twilio:AuthToken", "swordfish swordfish", "TWILIO_AUTH_TOKEN", "without spaces")]
    [TestCase("Twilio:AuthToken", "swordfish\u00e9", "TWILIO_AUTH_TOKEN", "as the Twilio console shows it")]
    [TestCase("Twilio:AuthToken", "swordfish,sword fish", "TWILIO_AUTH_TOKEN", "commas")]
    [TestCase("Twilio:AuthToken", " , ", "TWILIO_AUTH_TOKEN", "commas")]
    [TestCase("Admission:StreamTokenKeys", "swordfish", "STREAM_TOKEN_KEYS", "at least 32")]
    [TestCase("Admission:StreamTokenKeys", "0123456789abcdef0123456789abcdef,swordfish", "STREAM_TOKEN_KEYS", "at least 32")]
    [TestCase("Admission:StreamTokenKeys", ",", "STREAM_TOKEN_KEYS", "commas")]
    public void A_bad_secret_is_one_fault_that_does_not_repeat_it(string key, string value, string variable, string mayBe)
    {
        var faults = Faults((key, value));

        Assert.That(faults, Has.Count.EqualTo(1));
        Assert.That(faults[0], Does.Contain(variable).And.Contain(mayBe).And.Not.Contain("fish").And.Not.Contain("0123456789"));
    }

    [Test]
    public void Faults_of_single_values_and_of_rules_are_reported_together()
    {
        var faults = Faults(("Bridge:Provider", "alexa"), ("Bridge:MaxConcurrentCalls", "-1"), ("Assistant:Voice", "?"), ("Twilio:PublicBaseUrl", "ftp://x"), ("Twilio:IntroVoice", "?"));

        Assert.That(faults, Has.Count.EqualTo(5));
    }

    private static List<string> Faults(params (string, string)[] settings)
    {
        using var services = TestServices.Build(settings);
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e)
        {
            return [.. e.Flatten().InnerExceptions.Cast<OptionsValidationException>().SelectMany(x => x.Failures)];
        }
    }
}
