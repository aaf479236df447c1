using System.Security.Cryptography;
using System.Text;

namespace Bridge.Application.Admission;

/// <summary>
/// The far end's number as something that can be counted and logged: a keyed hash. The key is random and lives as long as the
/// process, so nobody can find a number by trying all of them.
/// </summary>
public readonly record struct CallerNumber(ulong Hash)
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    /// <summary>What Twilio writes for a number that is withheld, in words and as digits that spell them.</summary>
    private static readonly HashSet<string> Hidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "anonymous", "restricted", "unknown", "unavailable", "blocked", "private",
        "+266696687", "266696687", "+7378742833", "+2562533", "+8566696", "+86282452253", "+464",
    };

    /// <summary>The one who is not us: the caller of an inbound call, the called of an outbound one. Null when the number is hidden.</summary>
    public static CallerNumber? Of(string? from, string? to, string? direction)
    {
        var number = (direction?.StartsWith("outbound", StringComparison.Ordinal) == true ? to : from)?.Trim() ?? "";
        return Hidden.Contains(NameOf(number)) ? null : new CallerNumber(BitConverter.ToUInt64(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(number))));
    }

    /// <summary>Of <c>sip:anonymous@…</c> and <c>client:anonymous</c>: many callers have that name.</summary>
    private static string NameOf(string number)
    {
        var name = number[(number.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var at = name.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? name : name[..at];
    }

    /// <summary>For logs.</summary>
    public override string ToString() => Hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
