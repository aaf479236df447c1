using System.Text.Json;
using Bridge.Api.Configuration;
using Bridge.Application.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;

namespace Bridge.Api.Tests.Privacy;

/// <summary>E11, S26: secrets in what is said before there is a call: faults of the start, options, the type itself.</summary>
public sealed class CanaryStartTests
{
    private const string Canary = "sk-canary-that-must-not-be-printed";

    private static readonly Canaries Secrets = new([("a secret", Canary), ("a key", CanaryWatch.ApiKey), ("a token", CanaryWatch.AuthToken), ("a stream key", CanaryWatch.StreamTokenKey)]);

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("bridge-canary-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("OPENAI_API_KEY", Canary + " and a space")]
    [TestCase("OPENAI_API_KEY", Canary + "\n" + Canary)]
    [TestCase("TWILIO_AUTH_TOKEN", Canary + " and a space")]
    [TestCase("TWILIO_AUTH_TOKEN", Canary + "ä")]
    [TestCase("STREAM_TOKEN_KEYS", "short," + Canary)]
    [TestCase("STREAM_TOKEN_KEYS", Canary + ",short-canary")]
    [Category("E11")]
    public void A_secret_of_a_wrong_shape_stops_the_start_and_is_not_repeated(string variable, string value)
    {
        var fault = Fault(new() { [variable] = value });
        Assert.That(fault, Does.Contain($"- {variable} must be"));
        Assert.That(Secrets.FindIn(fault), Is.Null);
    }

    [TestCase("OPENAI_API_KEY")]
    [TestCase("TWILIO_AUTH_TOKEN")]
    [TestCase("STREAM_TOKEN_KEYS")]
    [Category("E11")]
    public void A_secret_where_a_file_should_be_named_is_not_repeated(string variable)
    {
        // The usual mistake: the variable was renamed, and its value was not.
        var fault = Fault(new() { [variable] = "", [variable + "_FILE"] = Canary });
        Assert.That(fault, Does.Contain($"- {variable}_FILE "));
        Assert.That(Secrets.FindIn(fault), Is.Null);
    }

    [TestCase("OPENAI_API_KEY")]
    [TestCase("TWILIO_AUTH_TOKEN")]
    [TestCase("STREAM_TOKEN_KEYS")]
    [Category("E11")]
    public void A_secret_of_a_wrong_shape_in_a_file_is_not_repeated(string variable)
    {
        var file = Path.Combine(_folder, "secret");
        File.WriteAllText(file, variable == "STREAM_TOKEN_KEYS" ? $"{Canary},short-canary" : $"{Canary} and a space\n");
        var fault = Fault(new() { [variable] = "", [variable + "_FILE"] = file });
        Assert.That(fault, Does.Contain($"- {variable} must be"));
        Assert.That(Secrets.FindIn(fault), Is.Null);
    }

    [TestCase("OPENAI_API_KEY=\"" + Canary + "\nPORT=8000")]
    [TestCase("OPENAI_API_KEY='" + Canary)]
    [TestCase(Canary)]
    [TestCase("=" + Canary)]
    [TestCase("OPENAI_API_KEY " + Canary)]
    [Category("E11")]
    public void A_line_of_env_that_cannot_be_read_is_not_repeated(string text)
    {
        File.WriteAllText(Path.Combine(_folder, ".env"), text);
        string? said = null;
        try
        {
            var variables = EnvironmentFile.Load(new Dictionary<string, string>(), _folder);
            variables["OPENAI_API_KEY"] = "";
            said = Fault(variables);
        }
        catch (EnvironmentFileException e)
        {
            said = StartFault.Explain(e)!.Message;
        }

        Assert.That(Secrets.FindIn(said), Is.Null, said);
    }

    [Test, Category("E11")]
    public async Task No_options_print_a_secret_as_text_or_as_JSON()
    {
        await using var app = BridgeApp.Create(Working());
        var options = LogMethod.Product.SelectMany(a => a.GetTypes())
            .Where(t => t.GetField("Section", System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static) is not null).ToList();
        Assert.That(options, Has.Count.GreaterThan(6));
        var hidden = 0;
        foreach (var type in options)
        {
            var bound = typeof(IOptions<>).MakeGenericType(type);
            var value = bound.GetProperty("Value")!.GetValue(app.Services.GetRequiredService(bound))!;
            var json = JsonSerializer.Serialize(value, type);
            Assert.That(Secrets.FindIn(json), Is.Null, type.Name);
            Assert.That(Secrets.FindIn(value.ToString()!), Is.Null, type.Name);
            Assert.That(Secrets.FindIn(Destructured(value)), Is.Null, type.Name);
            hidden += json.Split("***").Length - 1;
        }

        Assert.That(hidden, Is.GreaterThanOrEqualTo(3), "that they were there: each as stars");
    }

    [Test, Category("E11")]
    public void A_secret_prints_stars_whoever_prints_it()
    {
        var secret = new Secret(Canary);
        foreach (var text in new[] { secret.ToString(), $"{secret}", JsonSerializer.Serialize(secret), JsonSerializer.Serialize(new { secret }), JsonSerializer.Serialize(new[] { secret }), JsonSerializer.Serialize<object>(secret), Destructured(secret), Destructured(secret.Split()) })
        {
            Assert.That(Secrets.FindIn(text), Is.Null, text);
            Assert.That(text, Does.Contain("***"));
        }

        Assert.That(typeof(Secret).GetProperties().Where(p => p.PropertyType == typeof(string)), Is.Empty, "for whoever reads properties");
        Assert.That(typeof(Secret).GetFields(), Is.Empty);
        Assert.That(secret.Reveal(), Is.EqualTo(Canary));
    }

    // What a log event holds of it when somebody writes {@Value}, and when he writes {Value}.
    private static string Destructured(object value)
    {
        using var sink = new Sink();
        using var log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        log.Information("{@Value} {Value} ***", value, value);
        return LogText.All(sink.Event!);
    }

    private static string Fault(Dictionary<string, string> change)
    {
        var variables = Working();
        foreach (var (name, value) in change)
            variables[name] = value;
        var fault = StartFault.Explain(Assert.Catch(() => BridgeApp.Create(variables.Where(v => v.Value.Length > 0).ToDictionary()).DisposeAsync().AsTask().GetAwaiter().GetResult())!);
        Assert.That(fault?.ExitCode, Is.EqualTo(78));
        return fault!.Message;
    }

    private static Dictionary<string, string> Working() => new()
    {
        ["OPENAI_API_KEY"] = CanaryWatch.ApiKey, ["TWILIO_AUTH_TOKEN"] = CanaryWatch.AuthToken, ["STREAM_TOKEN_KEYS"] = CanaryWatch.StreamTokenKey, ["PUBLIC_BASE_URL"] = "https://bridge.test",
    };

    private sealed class Sink : Serilog.Core.ILogEventSink, IDisposable
    {
        public LogEvent? Event { get; private set; }

        public void Emit(LogEvent logEvent) => Event = logEvent;

        public void Dispose()
        {
        }
    }
}
