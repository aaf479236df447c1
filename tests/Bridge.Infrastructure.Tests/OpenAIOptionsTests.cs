using System.ComponentModel.DataAnnotations;
using Bridge.Application.Options;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Configuration;

namespace Bridge.Infrastructure.Tests;

public sealed class OpenAIOptionsTests
{
    private const string Key = "sk-test-0123456789";

    [TestCase("wss://api.openai.com/v1/realtime")]
    [TestCase("wss://gateway.example:8443/openai/v1/realtime?api-version=1")]
    [TestCase("ws://localhost:9000/v1/realtime")]
    [TestCase("ws://127.0.0.1:9000/v1/realtime")]
    [TestCase("ws://127.0.0.2/")]
    [TestCase("ws://[::1]:9000/v1/realtime")]
    public void An_endpoint_is_encrypted_or_on_this_machine(string endpoint) => Assert.That(Faults(endpoint: endpoint), Is.Empty);

    [TestCase("ws://api.openai.com/v1/realtime")]
    [TestCase("ws://10.0.0.1/v1/realtime")]
    [TestCase("ws://0.0.0.0/v1/realtime")]
    [TestCase("ws://localhost.example.com/v1/realtime")]
    [TestCase("ws://127.0.0.1.example.com/v1/realtime")]
    [TestCase("ws://127.0.0.1@example.com/v1/realtime")]
    [TestCase("wss://user:secret@api.openai.com/v1/realtime")]
    [TestCase("wss://api.openai.com/v1/realtime#x")]
    [TestCase("https://api.openai.com/v1/realtime")]
    [TestCase("http://localhost/v1/realtime")]
    [TestCase("api.openai.com/v1/realtime")]
    [TestCase("file:///v1/realtime")]
    public void Any_other_endpoint_is_a_fault_that_names_the_variable(string endpoint)
    {
        var faults = Faults(endpoint: endpoint);

        Assert.That(faults, Has.Count.EqualTo(1));
        Assert.That(faults[0], Does.Contain("OPENAI_REALTIME_URL").And.Contain("wss://"));
    }

    [TestCase("openai", null, 1)]
    [TestCase("openai", "", 1)]
    [TestCase("openai", Key, 0)]
    [TestCase("echo", null, 0)]
    [TestCase("echo", Key, 0)]
    public void A_key_is_needed_only_where_it_is_used(string provider, string? key, int faults)
    {
        var found = Faults(provider: provider, key: key);

        Assert.That(found, Has.Count.EqualTo(faults));
        Assert.That(found, Has.All.Contains("OPENAI_API_KEY"));
    }

    [TestCase("two words")]
    [TestCase("sk-\r\nX-Header: 1")]
    [TestCase("sk-é")]
    public void A_key_that_could_not_go_into_a_header_is_a_fault_that_does_not_repeat_it(string key)
    {
        var faults = Faults(key: key);

        Assert.That(faults, Has.Count.EqualTo(1));
        Assert.That(faults[0], Does.Contain("OPENAI_API_KEY").And.Not.Contain(key));
    }

    [TestCase("gpt-realtime-2.1", 0)]
    [TestCase("ft:gpt-realtime:org:x", 0)]
    [TestCase("", 1)]
    [TestCase("gpt realtime", 1)]
    [TestCase("x&model=y", 1)]
    public void A_models_name_is_a_name(string model, int faults) => Assert.That(Faults(model: model), Has.Count.EqualTo(faults));

    [Test]
    public void All_faults_are_found_together() => Assert.That(Faults(model: "?", endpoint: "http://x/", key: null), Has.Count.EqualTo(3));

    [Test]
    public void The_defaults_are_the_ones_that_are_documented()
    {
        var options = new OpenAIOptions();

        Assert.That((options.Model, options.Endpoint.OriginalString), Is.EqualTo(("gpt-realtime-2.1", "wss://api.openai.com/v1/realtime")));
    }

    [TestCase(16 * 1024, 0)]
    [TestCase(64 * 1024 * 1024, 0)]
    [TestCase((16 * 1024) - 1, 1)]
    [TestCase((64 * 1024 * 1024) + 1, 1)]
    [TestCase(0, 1)]
    [TestCase(-1, 1)]
    public void A_message_of_the_models_has_room_and_an_end(int bytes, int faults)
    {
        var options = new OpenAIOptions { ApiKey = new Secret(Key), MaxMessageBytes = bytes };
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);

        Assert.That(found, Has.Count.EqualTo(faults));
        Assert.That(found.Select(f => f.ErrorMessage), Has.All.Contains("OpenAI:MaxMessageBytes"));
    }

    [TestCase("wss://api.openai.com/v1/realtime", "gpt-realtime-2.1", "wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1")]
    [TestCase("wss://gateway.example/rt?api-version=1", "m", "wss://gateway.example/rt?api-version=1&model=m")]
    [TestCase("wss://gateway.example/rt?model=theirs", "ours", "wss://gateway.example/rt?model=theirs")]
    [TestCase("wss://gateway.example/rt?a=1&model=theirs", "ours", "wss://gateway.example/rt?a=1&model=theirs")]
    [TestCase("wss://gateway.example/rt?base_model=x", "ours", "wss://gateway.example/rt?base_model=x&model=ours")]
    [TestCase("ws://localhost:9000/v1/realtime", "ft:a:b", "ws://localhost:9000/v1/realtime?model=ft%3Aa%3Ab")]
    public void The_model_goes_into_the_address_unless_it_is_there(string endpoint, string model, string url) =>
        Assert.That(OpenAIRealtimeClient.Url(new OpenAIOptions { Endpoint = new Uri(endpoint), Model = model }).AbsoluteUri, Is.EqualTo(url));

    private static List<string> Faults(string provider = "openai", string? key = Key, string model = "m", string endpoint = "wss://api.openai.com/v1/realtime")
    {
        var options = new OpenAIOptions { ApiKey = key is null ? null : new Secret(key), Model = model, Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Bridge:Provider", provider)]).Build();
        var attributes = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), attributes, validateAllProperties: true);
        return [.. attributes.Select(a => a.ErrorMessage!), .. new OpenAIOptionsRules(configuration).Validate(options).Errors.Select(e => e.ErrorMessage)];
    }
}
