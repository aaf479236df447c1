using Bridge.Infrastructure.Twilio;

namespace Bridge.Infrastructure.Tests;

/// <summary>A request as it is checked: what is known here, what came, and the signature that came with it.</summary>
internal sealed record SignedRequest(string Token, string Url, IReadOnlyList<KeyValuePair<string, string>> Form, string Signature);

/// <summary>Makes up requests of Twilio's, webhooks and sockets, each with its right signature.</summary>
internal sealed class SignedRequests(Random random)
{
    private static readonly string[] Hosts = ["mycompany.com", "MyCompany.com", "bridge.example.com", "10.0.0.1", "[2001:db8::1]", "xn--bcher-kva.example"];
    private static readonly string[] Ports = ["", "", "", ":443", ":80", ":8443", ":1234"];
    private static readonly string[] Paths = ["/incoming-call", "/stream-ended", "/a/b%2Fc/incoming-call", "/it%27s/incoming-call", "/", ""];
    private static readonly string[] Queries = ["", "", "?foo=1&bar=2", "?x", "?a=%20+b", "?"];
    private static readonly string[] Names = ["AccountSid", "CallSid", "From", "To", "FromCity", "CallerName", "Digits", "Sid", "SidAccount", "a", "A", "é"];
    private static readonly string[] Values = ["", " ", " SF ", "+14155550123", "1234", "Zoë & Co", "a=b&c", "李", "\ud83d\udcde", "x\ny", "%2B", new('v', 300)];

    public SignedRequest Next()
    {
        var token = string.Concat(Enumerable.Range(0, 32).Select(_ => "0123456789abcdef"[random.Next(16)]));
        var isSocket = random.Next(3) == 0;
        var url = isSocket
            ? $"wss://{Pick(Hosts)}{Pick(Ports)}/media-stream/v1.{random.Next():x}.{random.Next():x}"
            : $"{(random.Next(5) == 0 ? "http" : "https")}://{Pick(Hosts)}{Pick(Ports)}{Pick(Paths)}{Pick(Queries)}";
        List<KeyValuePair<string, string>> form = isSocket ? [] : [.. Enumerable.Range(0, random.Next(12)).Select(_ => KeyValuePair.Create(Pick(Names), Pick(Values)))];
        return new SignedRequest(token, url, form, TwilioRequestSignature.Sign(token, url, form));
    }

    /// <summary>The same request with something changed that is signed, or the signature itself.</summary>
    public (SignedRequest Changed, string What) Change(SignedRequest request) => random.Next(10) switch
    {
        0 => (request with { Signature = WithBitFlipped(request.Signature) }, "a bit of the signature"),
        1 => (request with { Token = WithBitFlipped(request.Token) }, "a bit of the token"),
        2 => (request with { Url = WithCharacterChanged(request.Url) }, "a character of the address"),
        3 => (request with { Url = WithCaseChanged(request.Url) }, "the case of a letter of the address"),
        4 => (request with { Url = Pick([request.Url + "?x=1", request.Url + "&x=1", request.Url + "#x", request.Url + "//", request.Url + "%20"]) }, "something after the address"),
        5 => (request with { Url = WithPortChanged(request.Url) }, "the port"),
        6 when request.Form.Count > 0 => (request with { Form = With(request.Form, f => KeyValuePair.Create(WithCharacterChanged(f.Key), f.Value)) }, "a field's name"),
        7 when request.Form.Count > 0 => (request with { Form = With(request.Form, f => KeyValuePair.Create(f.Key, WithCharacterChanged(f.Value))) }, "a field's value"),
        8 when request.Form.Count > 0 => (request with { Form = Without(request.Form) }, "a field less"),
        _ when request.Form.Count > 0 && random.Next(2) == 0 =>
            (request with { Form = [.. request.Form, KeyValuePair.Create(request.Form[random.Next(request.Form.Count)].Key, $"v{random.Next()}")] }, "another value of a name"),
        _ => (request with { Form = [.. request.Form, KeyValuePair.Create(Pick(["Added", "", "a"]), Pick(Values))] }, "a field more"),
    };

    /// <summary>
    /// The texts that Twilio may have signed when this comes, written down once more and in another way than the product's: all
    /// documented spellings of the address, and then the form.
    /// </summary>
    public static HashSet<string> Texts(SignedRequest request)
    {
        var match = System.Text.RegularExpressions.Regex.Match(request.Url, @"^(?<scheme>\w+)://(?<host>[^/?#]*?)(?<port>:\d*)?(?<rest>[/?#].*)?$", System.Text.RegularExpressions.RegexOptions.Singleline);
        var (scheme, host, port, rest) = (match.Groups["scheme"].Value, match.Groups["host"].Value, match.Groups["port"].Value, match.Groups["rest"].Value);
        var usual = scheme is "https" or "wss" ? ":443" : ":80";
        HashSet<string> ports = port.Length == 0 ? ["", usual] : scheme is "wss" && port != usual ? [port] : [port, ""];
        HashSet<string> rests = scheme is not "wss" ? [rest] : [rest, rest.EndsWith('/') ? rest[..^1] : rest + "/"];
        return [.. from p in ports from r in rests select $"{scheme}://{host}{p}{r}{FormText(request)}"];
    }

    /// <summary>What is signed of a request whose address is spelt as it is here.</summary>
    public static string Text(SignedRequest request) => request.Url + FormText(request);

    private static string FormText(SignedRequest request) =>
        string.Concat(request.Form.Select(f => (f.Key, f.Value)).ToHashSet().OrderBy(f => f.Key, StringComparer.Ordinal).ThenBy(f => f.Value, StringComparer.Ordinal).Select(f => f.Key + f.Value));

    public T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private string WithBitFlipped(string text) => With(text, c => (char)(c ^ (1 << random.Next(7))));

    /// <summary>By an ASCII letter, also a letter that was none, and never in half of a pair.</summary>
    private string WithCharacterChanged(string text) => text.Length == 0 ? "x" : With(text, c => c == 'x' ? 'y' : char.IsSurrogate(c) ? '\ufffd' : 'x');

    private string WithCaseChanged(string text)
    {
        var letters = Enumerable.Range(0, text.Length).Where(i => char.IsAsciiLetter(text[i])).ToList();
        var at = Pick(letters);
        return $"{text[..at]}{(char)(text[at] ^ 0x20)}{text[(at + 1)..]}";
    }

    private string WithPortChanged(string url)
    {
        var authority = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOfAny(['/', '?'], authority);
        end = end < 0 ? url.Length : end;
        var colon = url.LastIndexOf(':', end - 1, end - authority);
        var host = colon < 0 || url.LastIndexOf(']', end - 1, end - authority) > colon ? end : colon;
        return $"{url[..host]}{Pick([":1", ":8080", ":444", ":443", ":80", "", ":"])}{url[end..]}";
    }

    private string With(string text, Func<char, char> change)
    {
        var at = random.Next(text.Length);
        return $"{text[..at]}{change(text[at])}{text[(at + 1)..]}";
    }

    private List<KeyValuePair<string, string>> With(IReadOnlyList<KeyValuePair<string, string>> form, Func<KeyValuePair<string, string>, KeyValuePair<string, string>> change)
    {
        var changed = form.ToList();
        var at = random.Next(form.Count);
        changed[at] = change(changed[at]);
        return changed;
    }

    private List<KeyValuePair<string, string>> Without(IReadOnlyList<KeyValuePair<string, string>> form)
    {
        var at = random.Next(form.Count);
        return [.. form.Where((_, i) => i != at)];
    }
}
