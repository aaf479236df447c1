using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Bridge.Domain.Calls;

/// <summary>Which call, and which media stream of it. Parsed once from Twilio's <c>start</c>, valid ever after.</summary>
public sealed record CallIdentity
{
    private CallIdentity(string callSid, string streamSid) => (CallSid, StreamSid) = (callSid, streamSid);

    /// <summary>Twilio's name of the call: <c>CA</c> and 32 hexadecimal digits.</summary>
    public string CallSid { get; }

    /// <summary>Twilio's name of the media stream: <c>MZ</c> and 32 hexadecimal digits.</summary>
    public string StreamSid { get; }

    /// <summary>Makes an identity of two names from outside; false when either is not shaped as Twilio shapes it.</summary>
    public static bool TryCreate(string? callSid, string? streamSid, [NotNullWhen(true)] out CallIdentity? identity)
    {
        identity = IsCallSid(callSid) && IsStreamSid(streamSid) ? new CallIdentity(callSid, streamSid) : null;
        return identity is not null;
    }

    /// <summary>Is this shaped like a <c>CallSid</c>? The shape is what keeps foreign text out of logs and documents.</summary>
    public static bool IsCallSid([NotNullWhen(true)] string? text) => IsSid(text, "CA");

    /// <summary>Is this shaped like a <c>StreamSid</c>?</summary>
    public static bool IsStreamSid([NotNullWhen(true)] string? text) => IsSid(text, "MZ");

    private static bool IsSid([NotNullWhen(true)] string? text, string prefix) =>
        text is { Length: 34 } && text.StartsWith(prefix, StringComparison.Ordinal) && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
}
