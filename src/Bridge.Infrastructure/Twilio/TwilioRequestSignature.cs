using System.Security.Cryptography;
using System.Text;

namespace Bridge.Infrastructure.Twilio;

/// <summary>
/// <c>X-Twilio-Signature</c>, pure: base64 of HMAC-SHA1, keyed with the account's authentication token, over the URL as it was
/// configured and, for a form, every field's name and value, sorted by name. https://www.twilio.com/docs/usage/security#validating-requests.
/// </summary>
public static class TwilioRequestSignature
{
    /// <summary>The header it comes in; the WebSocket handshake has it in lower case.</summary>
    public const string Header = "X-Twilio-Signature";

    /// <summary>Characters of one: twenty bytes as base64.</summary>
    private const int Length = 28;

    /// <summary>What Twilio would send.</summary>
    /// <param name="authToken">The account's primary token; a sub-account signs with its own.</param>
    /// <param name="url">Scheme, host, port, path and query, byte for byte.</param>
    /// <param name="fields">A form's fields, decoded; none for a GET or a socket.</param>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>>? fields = null) =>
        Mac(authToken, url, Text(fields ?? []));

    /// <summary>Is it signed with this token, for one of these URLs? In constant time; a signature that is missing is none.</summary>
    public static bool IsValid(string authToken, IEnumerable<string> urls, IEnumerable<KeyValuePair<string, string>> fields, string? signature)
    {
        if (signature is not { Length: Length })
            return false;
        // Compared as text: base64 has four spellings of these bytes, and there is to be one signature.
        var given = Encoding.UTF8.GetBytes(signature);
        var text = Text(fields);
        var valid = false;
        foreach (var url in urls)
            valid |= CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Mac(authToken, url, text)));
        return valid;
    }

    /// <summary>
    /// The same for a body of JSON: the URL alone is signed, and its <c>bodySHA256</c> must be the body's. None of our routes takes
    /// one; it is here to be complete.
    /// </summary>
    public static bool IsValidJson(string authToken, string url, ReadOnlySpan<byte> body, string? signature)
    {
        const string Name = "bodySHA256=";
        var query = url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..];
        var hash = query.Split('&').FirstOrDefault(p => p.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..];
        return hash is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body))))
            && IsValid(authToken, Candidates(url), [], signature);
    }

    /// <summary>
    /// The spellings of a URL that Twilio is known to sign. Of <c>https</c>: as it is, without a port, with the default port. Of a
    /// socket: as it is and with a slash at the end, each with and without the default port; never as <c>https</c>.
    /// </summary>
    public static IReadOnlyList<string> Candidates(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOfAny(['/', '?'], start);
        end = end < 0 ? url.Length : end;
        var (scheme, authority, rest) = (url[..start], url[start..end], url[end..]);
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf('@') && colon > authority.LastIndexOf(']');
        var host = hasPort ? authority[..colon] : authority;
        var isSocket = scheme.StartsWith("ws", StringComparison.OrdinalIgnoreCase);
        var port = scheme.Length == (isSocket ? "wss://" : "https://").Length ? ":443" : ":80";
        string[] authorities = !hasPort ? [authority, host + port]
            : isSocket && authority[colon..] != port ? [authority]
            : [authority, host];
        string[] rests = !isSocket ? [rest] : rest.EndsWith('/') ? [rest, rest[..^1]] : [rest, rest + "/"];
        return [.. from a in authorities from r in rests select scheme + a + r];
    }

    /// <summary>Values of one name are sorted, and each counts once; an empty value still has its name.</summary>
    private static byte[] Text(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var text = new StringBuilder();
        // Tuples: the hash of a KeyValuePair is its key's, and thousands of fields of one name would be compared each with each.
        foreach (var (name, value) in fields.Select(f => (f.Key, f.Value)).Distinct().OrderBy(f => f.Key, StringComparer.Ordinal).ThenBy(f => f.Value, StringComparer.Ordinal))
            text.Append(name).Append(value);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Mac(string authToken, string url, byte[] fields)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(authToken));
        mac.AppendData(Encoding.UTF8.GetBytes(url));
        mac.AppendData(fields);
        return Convert.ToBase64String(mac.GetHashAndReset());
    }
}
