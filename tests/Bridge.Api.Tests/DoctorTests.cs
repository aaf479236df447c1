using Bridge.Api.Doctor;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary><c>doctor</c> beside the real service and a simulated model: what is well, and each fault in words.</summary>
[CancelAfter(30_000)]
public sealed class DoctorTests
{
    [Test]
    public async Task Where_all_is_well_nothing_is_to_be_mended_and_no_secret_is_said()
    {
        await using var bridge = await DoctorHost.StartAsync();
        var said = await DoctorRun.OfAsync(DoctorHost.Variables(bridge, ("OPENAI_SYSTEM_PROMPT", "canary-prompt"), ("FALLBACK_PHONE_NUMBER", "+15559871234"), ("OPENAI_API_KEI", "canary-misplaced")));

        Assert.That(said.Code, Is.Zero, said.Text);
        Assert.That(said.Findings("FAIL"), Is.Empty, said.Text);
        foreach (var well in new[] { "the service starts", "openai opened a session in", "Bridge answers there", "without a signature is refused", "answered with a media stream", "the media stream opens", "the clock agrees" })
            Assert.That(said.Text, Does.Contain(well));
        Assert.That(said.Text, Does.Not.Contain("canary").And.Not.Contain("15559871234").And.Not.Contain("v1."));
        Assert.That(bridge.Model.Conversations, Has.Count.EqualTo(1), "the doctor's own; its call never says start");
        await bridge.Model.Conversations.Single().Closed.WaitAsync(TestContext.CurrentContext.CancellationToken);
    }

    [TestCase("refuse 401", "answered 401", "set OPENAI_API_KEY")]
    [TestCase("refuse 403", "answered 403", "access to the model")]
    [TestCase("refuse 404", "answered 404", "correct OPENAI_REALTIME_MODEL")]
    [TestCase("refuse 429", "answered 429", "billing")]
    [TestCase("refuse 503", "answered 503", "status page")]
    [TestCase("reset", "did not open a WebSocket", "firewall")]
    [TestCase("hang", "no session within", "firewall")]
    [TestCase("wrong-format", "audio/pcm", "noise")]
    [TestCase("error invalid_value", "refused the session", "OPENAI_RESPONSE_VOICE")]
    public async Task A_model_that_gives_no_session_is_explained(string fault, string found, string mend)
    {
        await using var model = await FakeRealtimeServer.StartAsync(new FakeModelOptions { EveryDial = Simulator.Faults.FaultText.Dial(fault) });
        var said = await DoctorRun.OfAsync(WithModel(model), new DoctorBounds { Session = TimeSpan.FromSeconds(1), Answer = TimeSpan.FromSeconds(1) });

        Assert.That(said.Code, Is.EqualTo(1));
        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains(found).And.Contains(mend), said.Text);
    }

    [Test]
    public async Task A_model_that_will_be_shut_down_is_named_with_its_day_and_its_successor()
    {
        await using var model = await FakeRealtimeServer.StartAsync();
        var said = await DoctorRun.OfAsync(WithModel(model, ("OPENAI_REALTIME_MODEL", "gpt-realtime"), ("OPENAI_TEMPERATURE", "0.8")));

        Assert.That(said.Code, Is.Zero, said.Text);
        Assert.That(said.Findings("WARN"), Has.Some.Contains("2027-01-20").And.Some.Contains("OPENAI_TEMPERATURE has no effect"));
    }

    [Test]
    public async Task A_service_that_checks_no_signature_fails()
    {
        await using var bridge = await DoctorHost.StartAsync(new() { ["TWILIO_VALIDATE_SIGNATURES"] = "off" });
        var said = await DoctorRun.OfAsync(DoctorHost.Variables(bridge));

        Assert.That(said.Code, Is.EqualTo(1));
        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains("anyone who finds the address"), said.Text);
    }

    [Test]
    public async Task A_service_that_takes_another_spelling_for_its_address_is_found_out()
    {
        await using var bridge = await DoctorHost.StartAsync(customize: b => b.Configuration["Twilio:PublicBaseUrl"] = b.Configuration["Twilio:PublicBaseUrl"]!.Replace("http:", "https:", StringComparison.Ordinal));
        var said = await DoctorRun.OfAsync(DoctorHost.Variables(bridge));

        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains($"one over https://127.0.0.1:{bridge.Address.Port}/incoming-call is accepted").And.Contains("set PUBLIC_BASE_URL in the deployment"), said.Text);
    }

    [TestCase("TWILIO_AUTH_TOKEN", "another-token")]
    [TestCase("PUBLIC_BASE_URL", "https://elsewhere.example")]
    [TestCase("TWILIO_ACCOUNT_SID", "AC11111111111111111111111111111111")]
    public async Task A_service_that_refuses_every_signature_has_another_token_address_or_account(string variable, string theirs)
    {
        await using var bridge = await DoctorHost.StartAsync(new() { [variable] = theirs });
        var said = await DoctorRun.OfAsync(DoctorHost.Variables(bridge));

        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains("whatever spelling").And.Contains(variable), said.Text);
    }

    [Test]
    public async Task While_the_token_is_changed_either_may_be_the_accepted_one()
    {
        await using var bridge = await DoctorHost.StartAsync();
        var said = await DoctorRun.OfAsync(DoctorHost.Variables(bridge, ("TWILIO_AUTH_TOKEN", $"the-next-token,{DoctorHost.AuthToken}")));

        Assert.That((said.Code, said.Text.Contains("the media stream opens")), Is.EqualTo((0, true)), said.Text);
    }

    [Test]
    public async Task A_service_that_is_full_turns_the_call_away_and_the_doctor_says_so()
    {
        await using var bridge = await DoctorHost.StartAsync(customize: b => b.Configuration["Admission:MaxSetupsPerSecond"] = "1");
        var variables = DoctorHost.Variables(bridge);
        var said = await DoctorRun.OfAsync(variables);
        for (var i = 0; i < 20 && !said.Text.Contains("turned away", StringComparison.Ordinal); i++)
            said = await DoctorRun.OfAsync(variables);

        Assert.That(said.Findings("WARN"), Has.Some.Contains("turned away").And.Some.Contains("MAX_CALL_SETUPS_PER_SECOND"), said.Text);
    }

    private static Dictionary<string, string> WithModel(FakeRealtimeServer model, params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["OPENAI_API_KEY"] = DoctorHost.Key, ["OPENAI_REALTIME_URL"] = model.Url.ToString() };
        foreach (var (name, value) in more)
            variables[name] = value;
        return variables;
    }
}
