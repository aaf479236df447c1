using System.Security.Cryptography;
using Bridge.Application.Options;

namespace Bridge.Api.Doctor;

/// <summary>A call that Twilio never made: enough for a webhook's answer, and never for a model. It has no number.</summary>
internal static class ProbeCall
{
    /// <summary>The fields of a webhook for a call that nobody has heard of before.</summary>
    public static Dictionary<string, string> Fields(string? accountSid) => new()
    {
        ["CallSid"] = "CA" + RandomNumberGenerator.GetHexString(32, lowercase: true),
        ["AccountSid"] = accountSid ?? AnyAccount,
        ["From"] = "anonymous",
        ["To"] = "anonymous",
        ["CallStatus"] = "ringing",
        ["Direction"] = "inbound",
        ["ApiVersion"] = "2010-04-01",
    };

    /// <summary>The account to name: the first of ours.</summary>
    public static string? Account(TwilioOptions twilio) => twilio.AccountSids is [var first, ..] ? first : null;

    private static string AnyAccount => "AC" + new string('0', 32);
}
