using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bridge.Application.Admission;
using Bridge.Application.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>Stream tokens made by hand, by somebody who knows a key or does not. It knows the form from the contract, and nothing of the product's code.</summary>
internal static class ForgedToken
{
    public const string Key = "0123456789abcdef0123456789abcdef";
    public const string OtherKey = "fedcba9876543210fedcba9876543210";

    /// <summary>Those who sign and prove with these keys; none: with a random one.</summary>
    public static StreamTokens Tokens(string? keys = Key, TimeProvider? time = null) =>
        new(Microsoft.Extensions.Options.Options.Create(new AdmissionOptions { StreamTokenKeys = keys is null ? null : new Secret(keys) }), time ?? new FakeTimeProvider());

    /// <summary>A token as we give it out.</summary>
    public static string Issue(this StreamTokens tokens) => tokens.Issue(TestNames.CallSid, TestNames.AccountSid, "openai", TimeSpan.FromMinutes(1)).Text;

    /// <summary>Why a text is no token; it must be none.</summary>
    public static StreamTokenFault WhyNot(this StreamTokens tokens, string? text)
    {
        Assert.That(tokens.Prove(text, out var fault), Is.Null, $"proved: {text}");
        return fault;
    }

    /// <summary>The four parts of a token.</summary>
    public static string[] Parts(string token) => token.Split('.');

    /// <summary>What a token says.</summary>
    public static string Payload(string token) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Parts(token)[2]));

    /// <summary>A text of three parts, signed as it should be.</summary>
    public static string Signed(string text, string key = Key) =>
        $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)))}";

    /// <summary>A payload in a token that is signed as it should be.</summary>
    public static string Of(string payload, string version = "v1") =>
        Signed($"{version}.{Parts(Tokens().Issue())[1]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}");
}
