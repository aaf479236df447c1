using System.Reflection;
using System.Text.RegularExpressions;
using Bridge.Application.Options;

namespace Bridge.Api.Tests.Privacy;

/// <summary>Rules about secrets and trust that a test can hold, over the source and the types.</summary>
public sealed class SecretRulesTests
{
    /// <summary>Where a secret may leave its hiding, and for what.</summary>
    private static readonly Dictionary<string, string> MayReveal = new()
    {
        ["Secret.cs"] = "says how",
        ["TwilioProof.cs"] = "proves a signature",
        ["StreamTokens.cs"] = "signs and proves tokens",
        ["OpenAIRealtimeClient.cs"] = "writes the one header",
        ["OpenAIOptions.cs"] = "looks at the key's shape",
        ["TwilioOptions.cs"] = "looks at the token's shape",
        ["AdmissionOptions.cs"] = "looks at the keys' length",
        ["SignedWebhook.cs"] = "the doctor signs as Twilio does",
        ["StreamKnock.cs"] = "the doctor signs as Twilio does",
        ["AttackTarget.cs"] = "the doctor signs as Twilio does",
    };

    private static readonly List<SourceText.Line> Source = [.. SourceText.Lines()];

    [Test]
    public void A_secret_is_revealed_in_few_places_and_each_has_a_reason() =>
        Assert.That(Source.Where(l => Regex.IsMatch(l.Text, @"\bReveal\b")).Select(l => Path.GetFileName(l.File)).Distinct(), Is.EquivalentTo(MayReveal.Keys));

    [Test]
    public void What_is_called_a_key_or_a_token_in_options_is_a_secret()
    {
        var texts = from assembly in LogMethod.Product
                    from type in assembly.GetTypes()
                    where IsOptions(type)
                    from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    where property.PropertyType == typeof(string) && Regex.IsMatch(property.Name, "Key|Token|Secret|Password", RegexOptions.IgnoreCase)
                    select $"{type.Name}.{property.Name}";
        Assert.That(texts, Is.Empty);
        Assert.That(LogMethod.Product.SelectMany(a => a.GetTypes()).Where(IsOptions).SelectMany(t => t.GetProperties()).Count(p => p.PropertyType == typeof(Secret)), Is.GreaterThanOrEqualTo(3), "that it sees any");
    }

    [Test]
    public void Options_print_nothing_of_themselves()
    {
        // A record would print all its properties, wherever somebody logs it.
        var options = LogMethod.Product.SelectMany(a => a.GetTypes()).Where(IsOptions).ToList();
        Assert.That(options.Where(t => t.GetMethod("ToString", [])!.DeclaringType != typeof(object)).Select(t => t.Name), Is.Empty);
        Assert.That(options.Where(t => t.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null), Is.Empty);
        Assert.That(Source.Where(l => Regex.IsMatch(l.Text, @"\b[oO]ptions(\.Value)?\.ToString\(\)|\{[oO]ptions(\.Value)?\}")), Is.Empty);
    }

    [Test]
    public void No_WebSocket_is_compressed() =>
        Assert.That(
            Source.Where(l => Regex.IsMatch(l.Text, "DangerousDeflateOptions|WebSocketDeflateOptions") || (l.Text.Contains("DangerousEnableCompression", StringComparison.Ordinal) && !l.Text.Contains("DangerousEnableCompression = false", StringComparison.Ordinal))),
            Is.Empty);

    [Test]
    public void Nobody_reads_forwarded_headers_by_himself() =>
        Assert.That(
            // The doctor writes them, to see that nobody believes him.
            Source.Where(l => !l.File.Contains("Doctor", StringComparison.Ordinal) && Regex.IsMatch(l.Text, """Headers\s*\[\s*"X-|(?<!Forwarded)Headers\.X[A-Z]|"X-(Forwarded|Original|Real|HTTP-Method)|"Forwarded"|Headers\.Forwarded|RemoteIpAddress""")),
            Is.Empty);

    [Test]
    public void No_certificate_is_taken_on_trust_and_no_redirect_followed() =>
        Assert.That(Source.Where(l => Regex.IsMatch(l.Text, "CertificateValidationCallback|ServerCertificateCustom|DangerousAcceptAny|AllowAutoRedirect = true|SslProtocols\\.")), Is.Empty);

    [Test]
    public void No_developer_page_and_no_catalogue_of_routes_is_served() =>
        Assert.That(Source.Where(l => Regex.IsMatch(l.Text, "UseDeveloperExceptionPage|AddOpenApi|MapOpenApi|Swagger|UseDirectoryBrowser|UseStaticFiles|UseHttpLogging|UseW3CLogging|UseSerilogRequestLogging|AddCors|EnableSensitiveData")), Is.Empty);

    private static bool IsOptions(Type type) => type.Name.EndsWith("Options", StringComparison.Ordinal) || type.Name.EndsWith("Limits", StringComparison.Ordinal);
}
