using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bridge.Domain.Calls;

namespace Bridge.Application.Admission;

/// <summary>
/// What the path of a media stream's address says: which call may open it, until when. Signed by us, so that no store is needed
/// to know it again; used once, because <see cref="Calls.CallRegistry"/> remembers the nonce.
/// </summary>
/// <param name="CallSid">The call.</param>
/// <param name="Account">Whose call: <see cref="AccountOf"/>.</param>
/// <param name="Profile">The profile that answers; the provider's name.</param>
/// <param name="IssuedAt">When the webhook was answered, in seconds since 1970.</param>
/// <param name="ExpiresAt">When it is over, likewise.</param>
/// <param name="Nonce">Makes it unique: 96 random bits.</param>
public sealed record StreamToken(string CallSid, string Account, string Profile, long IssuedAt, long ExpiresAt, string Nonce)
{
    private const char Separator = '|';

    /// <summary>Clocks of two machines may differ by so much.</summary>
    private const long SkewSeconds = 30;

    /// <summary>Is its time not over, by the wall clock? (Of a call that is promised here, a clock that nobody sets decides.)</summary>
    public bool IsCurrent(DateTimeOffset now) => now.ToUnixTimeSeconds() is var seconds && seconds <= ExpiresAt && seconds >= IssuedAt - SkewSeconds;

    /// <summary>The account's name, hashed: the token is seen by proxies.</summary>
    public static string AccountOf(string? accountSid) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(accountSid ?? "")).AsSpan(0, 9));

    /// <summary>96 random bits.</summary>
    public static string NewNonce() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    /// <summary>Never what would make it one again.</summary>
    public override string ToString() => $"the stream token of {CallSid}";

    /// <summary>One line of text, the fields in their order.</summary>
    internal string Payload() => string.Create(CultureInfo.InvariantCulture, $"{CallSid}|{Account}|{Profile}|{IssuedAt}|{ExpiresAt}|{Nonce}");

    /// <summary>Reads such a line; null when it is none.</summary>
    internal static StreamToken? Parse(string payload)
    {
        var fields = payload.Split(Separator);
        return fields.Length == 6
            && CallIdentity.IsCallSid(fields[0])
            && long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var issued)
            && long.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            ? new StreamToken(fields[0], fields[1], fields[2], issued, expires, fields[5])
            : null;
    }
}
