using Bridge.Api.Configuration;
using Bridge.Application.Admission;
using Bridge.Application.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Tests.Privacy;

/// <summary>S25: secrets out of files, as containers and secret stores hand them over.</summary>
public sealed class SecretFileTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("bridge-secret-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(Token)]
    [TestCase(Token + "\n")]
    [TestCase(Token + "\r\n\r\n")]
    [TestCase("  " + Token + " \n")]
    [TestCase("\ufeff" + Token + "\n")]
    public async Task A_file_holds_the_secret_and_what_an_editor_adds_is_none_of_it(string content)
    {
        await using var app = BridgeApp.Create(Working(("TWILIO_AUTH_TOKEN", null), ("TWILIO_AUTH_TOKEN_FILE", File(content)), ("STREAM_TOKEN_KEYS_FILE", File(content))));
        Assert.That(app.Services.GetRequiredService<IOptions<TwilioOptions>>().Value.AuthTokens.Select(t => t.Reveal()), Is.EqualTo(new[] { Token }));
        Assert.That(app.Services.GetRequiredService<IOptions<AdmissionOptions>>().Value.StreamTokenKeys?.Reveal(), Is.EqualTo(Token));
    }

    [Test]
    public async Task A_file_may_hold_two_for_a_rotation()
    {
        await using var app = BridgeApp.Create(Working(("TWILIO_AUTH_TOKEN", null), ("TWILIO_AUTH_TOKEN_FILE", File("new-token, old-token\n"))));
        Assert.That(app.Services.GetRequiredService<IOptions<TwilioOptions>>().Value.AuthTokens.Select(t => t.Reveal()), Is.EqualTo(new[] { "new-token", "old-token" }));
    }

    [TestCase("OPENAI_API_KEY")]
    [TestCase("TWILIO_AUTH_TOKEN")]
    [TestCase("STREAM_TOKEN_KEYS")]
    public void A_file_that_is_missing_empty_or_no_file_stops_the_start(string variable)
    {
        foreach (var file in new[] { Path.Combine(_folder, "nowhere"), File(""), File(" \n\n"), _folder })
            Assert.That(Fault((variable, null), (variable + "_FILE", file)), Does.Contain($"- {variable}_FILE "), file);
    }

    [TestCase("OPENAI_API_KEY")]
    [TestCase("TWILIO_AUTH_TOKEN")]
    [TestCase("STREAM_TOKEN_KEYS")]
    public void A_secret_and_a_file_of_it_are_one_too_many(string variable) =>
        Assert.That(Fault((variable, Token), (variable + "_FILE", File(Token))), Does.Contain($"- {variable} and {variable}_FILE are both set"));

    [TestCase("OPENAI_API_KEY")]
    [TestCase("TWILIO_AUTH_TOKEN")]
    public async Task An_empty_variable_beside_a_file_is_not_set(string variable)
    {
        await using var app = BridgeApp.Create(Working((variable, " "), (variable + "_FILE", File(Token))));
    }

    [Test]
    public async Task An_empty_name_of_a_file_is_not_set_either()
    {
        await using var app = BridgeApp.Create(Working(("OPENAI_API_KEY_FILE", " ")));
    }

    [Test]
    public async Task What_is_no_secret_comes_out_of_no_file()
    {
        await using var app = BridgeApp.Create(Working(("PORT_FILE", Path.Combine(_folder, "nowhere")), ("OPENAI_SYSTEM_PROMPT_FILE", "nowhere")));
    }

    private string File(string content)
    {
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        System.IO.File.WriteAllText(file, content);
        return file;
    }

    private static string Fault(params (string Name, string? Value)[] change)
    {
        var fault = StartFault.Explain(Assert.Catch(() => BridgeApp.Create(Working(change)))!);
        Assert.That(fault?.ExitCode, Is.EqualTo(78));
        return fault!.Message;
    }

    private static Dictionary<string, string> Working(params (string Name, string? Value)[] change)
    {
        var variables = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "a-key", ["TWILIO_AUTH_TOKEN"] = "a-token", ["PUBLIC_BASE_URL"] = "https://bridge.test" };
        foreach (var (name, value) in change)
        {
            variables.Remove(name);
            if (value is not null)
                variables[name] = value;
        }

        return variables;
    }
}
