using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

/// <summary>Vectors of the published helper libraries, and of their algorithm for sockets.</summary>
internal sealed class TwilioSignatureTests
{
    private static readonly Dictionary<string, string> Form = new()
    {
        ["To"] = "+18005551212", ["CallSid"] = "CA1234567890ABCDE", ["From"] = "+14158675309", ["Digits"] = "1234", ["Caller"] = "+14158675309",
    };

    [TestCase("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [TestCase("https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=")]
    [TestCase("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=")]
    [TestCase("https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=")]
    [TestCase("https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "CukzLTc1tT5dXEDIHm/tKBanW10=")]
    public void A_webhook_is_signed_over_its_url_and_sorted_form(string url, string signature) =>
        Assert.That(TwilioSignature.Sign("12345", url, Form), Is.EqualTo(signature));

    [TestCase("12345", "wss://mycompany.com/media-stream", "N2Y//FHA042H22oVtTOPT1X3yoU=")]
    [TestCase("12345", "wss://mycompany.com/media-stream/", "B+WT+LSnUu+RWlK9v/62zQuXpec=")]
    [TestCase("12345", "wss://mycompany.com:8443/media-stream", "08rptcureUhLYcPyJZwhDeeQFTA=")]
    [TestCase("secret", "wss://bridge.example.com/media-stream", "hkb43uH513C71YaoxBH45C8XdkQ=")]
    public void A_stream_is_signed_over_its_url_alone(string token, string url, string signature) =>
        Assert.That(TwilioSignature.Sign(token, url), Is.EqualTo(signature));

    [TestCase("", "nMVLaRvWMP4khUx/7zZvRxg3TU0=")]
    [TestCase(" SF ", "VbSn5J/OmOm5QpROk8TmYbWZP8w=")]
    public void Empty_values_and_spaces_count(string city, string signature)
    {
        Dictionary<string, string> form = new()
        {
            ["AccountSid"] = "AC" + new string('0', 32), ["ApiVersion"] = "2010-04-01", ["CallSid"] = "CA" + new string('0', 32),
            ["CallStatus"] = "ringing", ["Called"] = "+15005550006", ["Caller"] = "+14155550123", ["Direction"] = "inbound",
            ["From"] = "+14155550123", ["To"] = "+15005550006", ["FromCity"] = city, ["StirVerstat"] = "TN-Validation-Passed-A",
        };
        Assert.That(TwilioSignature.Sign("secret", "https://bridge.example.com/incoming-call", form), Is.EqualTo(signature));
    }

    [Test]
    public void Repeated_values_of_a_name_count_once_in_order()
    {
        KeyValuePair<string, string>[] form =
            [new("Sid", "CA123"), new("SidAccount", "AC123"), new("Digits", "5678"), new("Digits", "1234"), new("Digits", "1234")];
        Assert.That(
            TwilioSignature.Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form), Is.EqualTo("IK+Dwps556ElfBT0I3Rgjkr1wJU="));
    }
}
