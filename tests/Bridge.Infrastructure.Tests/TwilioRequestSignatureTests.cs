using Bridge.Infrastructure.Twilio;
using Theirs = Bridge.Simulator.Caller.TwilioSignature;

namespace Bridge.Infrastructure.Tests;

/// <summary>The vectors of the published helper libraries, and those of their algorithm for sockets and for our own routes.</summary>
public sealed class TwilioRequestSignatureTests
{
    private const string Base = "https://mycompany.com/myapp.php?foo=1&bar=2";

    private static readonly KeyValuePair<string, string>[] Form =
        [new("To", "+18005551212"), new("CallSid", "CA1234567890ABCDE"), new("From", "+14158675309"), new("Digits", "1234"), new("Caller", "+14158675309")];

    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [TestCase("https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=")]
    [TestCase("https://mycompany.com:1234/myapp.php?foo=1&bar=2", "CYn1h0gLBdNxDGkKJg6hYohgeD8=")]
    [TestCase("http://mycompany.com:80/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4=")]
    [TestCase("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=")]
    [TestCase("https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=")]
    [TestCase("https://MyCompany.com:1234/myapp.php?foo=1&bar=2", "PCqOZm8cnu/L6+u5i5fuEd+Iac4=")]
    [TestCase("https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "CukzLTc1tT5dXEDIHm/tKBanW10=")]
    public void A_webhook_is_signed_over_its_address_and_its_form(string url, string signature) => AssertSigned("12345", url, Form, signature);

    [TestCase("12345", "wss://mycompany.com/media-stream", "N2Y//FHA042H22oVtTOPT1X3yoU=")]
    [TestCase("12345", "wss://mycompany.com/media-stream/", "B+WT+LSnUu+RWlK9v/62zQuXpec=")]
    [TestCase("12345", "wss://mycompany.com:443/media-stream", "hHE+nLvjnuaIlXBedOuYUYFUlZA=")]
    [TestCase("12345", "wss://mycompany.com/", "mYiF8d/XAbCcA+tc7fet8c0hJG8=")]
    [TestCase("12345", "wss://mycompany.com:8443/media-stream", "08rptcureUhLYcPyJZwhDeeQFTA=")]
    [TestCase("12345", "wss://mycompany.com/media-stream/tok_abc", "w/rpd6pMMAxrmX5vvwfV3KvIgQk=")]
    [TestCase("secret", "wss://bridge.example.com/media-stream", "hkb43uH513C71YaoxBH45C8XdkQ=")]
    [TestCase("secret", "wss://bridge.example.com/media-stream/", "CGN7XG29L4XO/0X9k4Z8eB4knds=")]
    public void A_socket_is_signed_over_its_address_alone(string token, string url, string signature) => AssertSigned(token, url, [], signature);

    [TestCase("", null, "nMVLaRvWMP4khUx/7zZvRxg3TU0=", Description = "an empty value still has its name")]
    [TestCase(" SF ", null, "VbSn5J/OmOm5QpROk8TmYbWZP8w=", Description = "spaces are kept")]
    [TestCase("", "Zoë & Co", "TuvJIzFq9OMuTE0EeG8hAkabjbU=", Description = "UTF-8")]
    public void Our_webhook_is_signed_over_every_field_as_it_is(string city, string? name, string signature)
    {
        KeyValuePair<string, string>[] form =
        [
            new("AccountSid", "AC" + new string('0', 32)), new("ApiVersion", "2010-04-01"), new("CallSid", "CA" + new string('0', 32)), new("CallStatus", "ringing"),
            new("Called", "+15005550006"), new("Caller", "+14155550123"), new("Direction", "inbound"), new("From", "+14155550123"), new("To", "+15005550006"),
            new("FromCity", city), new("StirVerstat", "TN-Validation-Passed-A"),
            .. name is null ? Array.Empty<KeyValuePair<string, string>>() : [new("CallerName", name)],
        ];
        AssertSigned("secret", "https://bridge.example.com/incoming-call", form, signature);
    }

    [TestCase("MessagingBinding.Address=+1325xxxxxxx MessagingBinding.Address=+1415xxxxxxx", "83O6e2vORAoJHUNzJjDWN1jz+BA=")]
    [TestCase("MessagingBinding.Address=+1415xxxxxxx MessagingBinding.Address=+1325xxxxxxx", "83O6e2vORAoJHUNzJjDWN1jz+BA=")]
    [TestCase("Sid=CA123 SidAccount=AC123 Digits=5678 Digits=1234 Digits=1234", "IK+Dwps556ElfBT0I3Rgjkr1wJU=")]
    [TestCase("Digits=1234 SidAccount=AC123 Digits=5678 Sid=CA123", "IK+Dwps556ElfBT0I3Rgjkr1wJU=")]
    public void Values_of_one_name_are_sorted_and_each_counts_once(string form, string signature) =>
        AssertSigned("12345", Base, [.. form.Split(' ').Select(f => f.Split('=')).Select(f => KeyValuePair.Create(f[0], f[1]))], signature);

    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", """{"property": "value", "boolean": true}""", "a9nBmqA0ju/hNViExpshrM61xv4=")]
    [TestCase("https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", """{"property": "value", "boolean": true}""", "y77kIzt2vzLz71DgmJGsen2scGs=")]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "{}", "rw/jVviOgicj2+kHZULvebnA4ag=")]
    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "{}", "Ldidvp12m26NI7eqEvxnEpkd9Hc=", Description = "signed with :443")]
    public void A_body_of_JSON_is_signed_by_its_hash_in_the_address(string url, string body, string signature)
    {
        Assert.That(TwilioRequestSignature.IsValidJson("12345", url, Wire.Bytes(body).Span, signature), Is.True);
        Assert.That(TwilioRequestSignature.IsValidJson("12345", url, Wire.Bytes(body + " ").Span, signature), Is.False, "another body");
        Assert.That(TwilioRequestSignature.IsValidJson("12345", url.Replace("bodySHA256", "bodysha256"), Wire.Bytes(body).Span, signature), Is.False, "no hash");
        Assert.That(TwilioRequestSignature.IsValidJson("12346", url, Wire.Bytes(body).Span, signature), Is.False, "another token");
    }

    [Test]
    public void A_hash_of_an_address_that_nobody_signed_proves_no_body()
    {
        // Both signed as a plain address: what is in it is then Twilio's, but not what is in the body.
        Assert.That(TwilioRequestSignature.IsValidJson("12345", Base, "{}"u8, TwilioRequestSignature.Sign("12345", Base)), Is.False, "no bodySHA256");
        Assert.That(TwilioRequestSignature.IsValidJson("12345", Base + "&bodySHA256=", "{}"u8, TwilioRequestSignature.Sign("12345", Base + "&bodySHA256=")), Is.False, "an empty one");
    }

    /// <summary>Ours and the simulator's, which is a second implementation, agree on what nobody has published.</summary>
    [Test]
    public void Two_implementations_agree()
    {
        var requests = new SignedRequests(new Random(20261122));
        for (var i = 0; i < 2_000; i++)
        {
            var (token, url, form, signature) = requests.Next();
            Assert.That(signature, Is.EqualTo(Theirs.Sign(token, url, form)), url);
            Assert.That(TwilioRequestSignature.IsValid(token, TwilioRequestSignature.Candidates(url), form, signature), Is.True, url);
        }
    }

    private static void AssertSigned(string token, string url, KeyValuePair<string, string>[] form, string signature)
    {
        Assert.That(TwilioRequestSignature.Sign(token, url, form), Is.EqualTo(signature));
        Assert.That(Theirs.Sign(token, url, form), Is.EqualTo(signature), "the simulator's own");
        Assert.That(TwilioRequestSignature.IsValid(token, TwilioRequestSignature.Candidates(url), form, signature), Is.True);
    }
}
