using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Bridge.Simulator.Caller;

/// <summary>The X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted form. A second implementation, on purpose.</summary>
public static class TwilioSignature
{
    public const string Header = "X-Twilio-Signature";

    /// <summary>Signs a URL as it is written, byte for byte, with the form's fields (none for a GET or a socket).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "HMAC-SHA1 is what Twilio's protocol uses.")]
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>>? form = null)
    {
        var message = new StringBuilder(url);
        var fields = (form ?? []).Distinct()
            .OrderBy(field => field.Key, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
            message.Append(name).Append(value);
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(message.ToString())));
    }
}
