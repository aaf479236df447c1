using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>A call's names, shaped as Twilio shapes them.</summary>
internal static class TestNames
{
    public const string CallSid = "CA0123456789abcdef0123456789abcdef";
    public const string AccountSid = "AC0123456789abcdef0123456789abcdef";
    public const string StreamSid = "MZ0123456789abcdef0123456789abcdef";

    /// <summary>The name of one of many calls.</summary>
    public static string Call(int number) => $"CA{number:x32}";

    public static CallIdentity Identity { get; } =
        CallIdentity.TryCreate(CallSid, StreamSid, out var identity) ? identity : throw new InvalidOperationException("The test's own names are wrong.");
}
