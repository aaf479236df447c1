using Bridge.Infrastructure.Twilio;

namespace Bridge.Infrastructure.Tests;

/// <summary>What is no signature, and which spellings of an address are tried.</summary>
public sealed class TwilioSignatureDoubtTests
{
    private const string Token = "12345";
    private const string Url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    private const string Signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    private static readonly KeyValuePair<string, string>[] Form =
        [new("To", "+18005551212"), new("CallSid", "CA1234567890ABCDE"), new("From", "+14158675309"), new("Digits", "1234"), new("Caller", "+14158675309")];

    public static IEnumerable<string?> NotSignatures =>
    [
        null, "", " ", "=", "null", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "RSOYDt4T1cUTdK1PDd93/VVr8B8==", " RSOYDt4T1cUTdK1PDd93/VVr8B8=", "RSOYDt4T1cUTdK1PDd93/VVr8B8=\n",
        "RSOYDt4T1cUTdK1PDd93_VVr8B8=", "rsoydt4t1cutdk1pdd93/vvr8b8=", "RSOYDt4T1cUTdK1PDd93/VVr8B8=,RSOYDt4T1cUTdK1PDd93/VVr8B8=", "4523980ede13d5c51374ad4f0ddf77fd556bf01f",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "****************************", "RSOYDt4T1cUTdK1PDd93/VVr8B8\0", "ÄSOYDt4T1cUTdK1PDd93/VVr8B8=", "\ud83d\ud83d", new('A', 28), new('A', 100_000), new('=', 28), new(' ', 28),
        // Base64 has four spellings of these twenty bytes: the last letter's lowest two bits mean nothing. There is to be one signature, not four.
        "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "RSOYDt4T1cUTdK1PDd93/VVr8B+=", "RSOYDt4T1cUTdK1PDd93/VVr8B/=",
    ];

    [TestCaseSource(nameof(NotSignatures))]
    public void What_is_no_signature_is_a_no_and_nothing_is_thrown(string? signature) =>
        Assert.That(TwilioRequestSignature.IsValid(Token, [Url], Form, signature), Is.False);

    [Test]
    public void The_signature_itself_is_a_yes() => Assert.That(TwilioRequestSignature.IsValid(Token, [Url], Form, Signature), Is.True, "or nothing above proves anything");

    /// <summary>While a token is changed there are two, and whoever asks tries both; neither takes what the other signed.</summary>
    [TestCase("the-old-token", "the-new-token")]
    [TestCase("the-new-token", "the-old-token")]
    public void A_token_proves_what_it_signed_and_nothing_of_the_other(string signing, string other)
    {
        var signature = TwilioRequestSignature.Sign(signing, Url, Form);

        Assert.That(TwilioRequestSignature.IsValid(signing, [Url], Form, signature), Is.True);
        Assert.That(TwilioRequestSignature.IsValid(other, [Url], Form, signature), Is.False);
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(2, true)]
    [TestCase(3, true)]
    public void Any_of_the_addresses_will_do_wherever_it_stands(int at, bool valid)
    {
        string[] urls = ["https://a.example/", "https://b.example/", "https://c.example/"];
        if (at > 0)
            urls[at - 1] = Url;

        Assert.That(TwilioRequestSignature.IsValid(Token, urls, Form, Signature), Is.EqualTo(valid));
    }

    [Test]
    public void No_address_is_none() => Assert.That(TwilioRequestSignature.IsValid(Token, [], Form, Signature), Is.False);

    /// <summary>The official suites: a port that is not the scheme's is also tried without; none is also tried with the scheme's.</summary>
    [TestCase("https://mycompany.com:1234/myapp.php?foo=1&bar=2", "https://mycompany.com/myapp.php?foo=1&bar=2", true)]
    [TestCase("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "http://mycompany.com/myapp.php?foo=1&bar=2", true)]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com:443/myapp.php?foo=1&bar=2", true)]
    [TestCase("http://mycompany.com/myapp.php?foo=1&bar=2", "http://mycompany.com:80/myapp.php?foo=1&bar=2", true)]
    [TestCase("https://mycompany.com:443/myapp.php?foo=1&bar=2", "https://mycompany.com/myapp.php?foo=1&bar=2", true)]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com:80/myapp.php?foo=1&bar=2", false)]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com:1234/myapp.php?foo=1&bar=2", false)]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "http://mycompany.com/myapp.php?foo=1&bar=2", false)]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "https://MyCompany.com/myapp.php?foo=1&bar=2", false)]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com/myapp.php?bar=2&foo=1", false)]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com/myapp.php/?foo=1&bar=2", false)]
    [TestCase("https://mycompany.com/myapp.php", "https://mycompany.com/myapp.php/", false)]
    [TestCase("wss://mycompany.com/media-stream", "https://mycompany.com/media-stream", false)]
    public void A_signature_for_another_spelling_is_taken_only_where_Twilio_is_known_to_sign_it(string seen, string other, bool valid) =>
        Assert.That(TwilioRequestSignature.IsValid(Token, TwilioRequestSignature.Candidates(seen), Form, TwilioRequestSignature.Sign(Token, other, Form)), Is.EqualTo(valid));

    [TestCase("wss://h.example/s/t", "wss://h.example/s/t wss://h.example/s/t/ wss://h.example:443/s/t wss://h.example:443/s/t/")]
    [TestCase("wss://h.example/s/t/", "wss://h.example/s/t/ wss://h.example/s/t wss://h.example:443/s/t/ wss://h.example:443/s/t")]
    [TestCase("wss://h.example:443/s/t", "wss://h.example:443/s/t wss://h.example:443/s/t/ wss://h.example/s/t wss://h.example/s/t/")]
    [TestCase("wss://h.example:8443/s/t", "wss://h.example:8443/s/t wss://h.example:8443/s/t/")]
    [TestCase("wss://h.example", "wss://h.example wss://h.example/ wss://h.example:443 wss://h.example:443/")]
    [TestCase("wss://[::1]/s", "wss://[::1]/s wss://[::1]/s/ wss://[::1]:443/s wss://[::1]:443/s/")]
    [TestCase("wss://[::1]:443/s", "wss://[::1]:443/s wss://[::1]:443/s/ wss://[::1]/s wss://[::1]/s/")]
    [TestCase("https://h.example/i?a=:1", "https://h.example/i?a=:1 https://h.example:443/i?a=:1")]
    [TestCase("https://h.example?a=1", "https://h.example?a=1 https://h.example:443?a=1")]
    [TestCase("https://h.example:8443/i", "https://h.example:8443/i https://h.example/i")]
    [TestCase("https://u:p@h.example/i", "https://u:p@h.example/i https://u:p@h.example:443/i")]
    [TestCase("http://h.example/i", "http://h.example/i http://h.example:80/i")]
    public void These_spellings_are_tried_and_nothing_else(string url, string candidates) =>
        Assert.That(TwilioRequestSignature.Candidates(url), Is.EquivalentTo(candidates.Split(' ')));

    /// <summary>A captured signature of a web page's address must not open a socket: over <c>https</c> it is another text.</summary>
    [TestCase("Mq5qllSf+ykIJXjR6CcZ2h2USZ0=", "https://mycompany.com/media-stream", "wss://mycompany.com/media-stream")]
    public void The_signature_of_a_page_opens_no_socket(string signature, string page, string socket)
    {
        Assert.That(TwilioRequestSignature.Sign(Token, page), Is.EqualTo(signature));
        Assert.That(TwilioRequestSignature.IsValid(Token, TwilioRequestSignature.Candidates(socket), [], signature), Is.False);
    }

    /// <summary>Whoever comes without a proof can send many fields of one name: that must not cost the square of them.</summary>
    [Test]
    public void A_form_of_thousands_of_fields_takes_no_time()
    {
        var form = Enumerable.Range(0, 20_000).Select(i => KeyValuePair.Create("name", $"value{i}")).ToList();
        var began = System.Diagnostics.Stopwatch.GetTimestamp();

        Assert.That(TwilioRequestSignature.IsValid(Token, [Url], form, Signature), Is.False);
        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(2)), "some ten milliseconds, or ten seconds");
    }
}
