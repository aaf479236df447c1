using System.Text.RegularExpressions;

namespace Bridge.Api.Tests.Privacy;

/// <summary>What is known by its shape, whoever made it: each call has tokens, signatures and a number of its own.</summary>
internal static partial class Patterns
{
    /// <summary>What no log of any level may hold.</summary>
    public static string? SecretIn(string text) =>
        StreamToken().Match(text) is { Success: true } token ? $"a stream token: {token.Value}"
        : Signature().Match(text) is { Success: true } signature ? $"a signature of Twilio's: {signature.Value}"
        : Authorization().Match(text) is { Success: true } header ? $"an authorization: {header.Value}"
        : null;

    /// <summary>What only a <c>…Sensitive</c> line at Trace may hold.</summary>
    public static string? PersonalIn(string text) =>
        Number().Match(text) is { Success: true } number ? $"a telephone number: {number.Value}"
        : OwnNumber().Match(text) is { Success: true } own ? $"the digits of a caller's number: {own.Value}"
        : null;

    [GeneratedRegex(@"v1\.[A-Za-z0-9_-]{2,12}\.[A-Za-z0-9_-]{20,}")]
    private static partial Regex StreamToken();

    // Base64 of the 20 bytes of a SHA-1.
    [GeneratedRegex("(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{27}=(?![A-Za-z0-9+/=])")]
    private static partial Regex Signature();

    [GeneratedRegex(@"Bearer\s+\S{6,}", RegexOptions.IgnoreCase)]
    private static partial Regex Authorization();

    [GeneratedRegex(@"(?:\+|%2B|\\u002B)[1-9][0-9]{7,14}(?![0-9])", RegexOptions.IgnoreCase)]
    private static partial Regex Number();

    // What the simulator gives a call that was given none; 11 digits in the middle of a CallSid are chance.
    [GeneratedRegex("(?<![0-9A-Za-z])1555[0-9]{7}(?![0-9A-Za-z])")]
    private static partial Regex OwnNumber();
}
