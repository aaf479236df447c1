using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bridge.Application.Admission;
using Bridge.Application.Options;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>A token that nobody issued proves nothing, whatever it looks like; and one that is signed proves only what can be read.</summary>
[Category("Fuzz")]
public sealed class TokenFuzzTests
{
    private const string First = "made-up-key-of-the-fuzzer-0000001";
    private const string Second = "made-up-key-of-the-fuzzer-0000002";

    private readonly StreamTokens _tokens = new(
        Options.Create(new AdmissionOptions { StreamTokenKeys = new Secret($"{First},{Second}") }), new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)));

    private readonly Dictionary<string, int> _answers = [];

    [Test]
    public void Nothing_but_what_was_signed_is_proven()
    {
        var corpus = FuzzCorpus.Of("token");
        // Those that are signed stay what they are; nothing else may ever become one.
        var issued = corpus.Select(Encoding.UTF8.GetString).Where(t => _tokens.Prove(t, out _) is not null).ToHashSet();
        Assert.That(issued, Has.Count.EqualTo(2), "the good one of each key");

        FuzzRun.Over(random => new FuzzSource(random, corpus, 1_000).Next, input =>
        {
            var text = Encoding.UTF8.GetString(input);
            var token = _tokens.Prove(text, out var fault);
            FuzzRun.Check(token is null || issued.Contains(text), $"{token}: nobody issued it");
            Count(token is null ? fault.ToString() : "proven");
        });
        AssertSeen(FuzzRun.Inputs / 100, "Garbled", "UnknownKey", "Forged", "proven");
    }

    /// <summary>By whoever has the key: another version of ours, say. What it says may be anything.</summary>
    [Test]
    public void What_is_signed_and_cannot_be_read_proves_nothing()
    {
        var kid = _tokens.Issue(Wire.CallSid, null, "echo", TimeSpan.FromSeconds(60)).Text.Split('.')[1];
        FuzzRun.Over(random => new FuzzSource(random, Payloads, 300).Next, input =>
        {
            // Half as it stands, to spoil the base64; half as what the base64 says.
            var payload = input.Length % 2 == 0
                ? string.Concat(input.Select(b => (char)b).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                : Base64Url.EncodeToString(input.AsSpan(0, Math.Min(input.Length, 240)));
            var before = $"v1.{kid}.{payload}";
            var mac = Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(First), Encoding.ASCII.GetBytes(before)));
            var token = _tokens.Prove($"{before}.{mac}", out var fault);
            FuzzRun.Check(token is null || (token.CallSid.Length == 34 && token.IssuedAt >= 0 && token.ExpiresAt >= 0), $"{token}: that is no token");
            FuzzRun.Check(token is not null || fault == StreamTokenFault.Garbled, $"{fault}: it was signed");
            Count(token is null ? fault.ToString() : "proven");
        });
        AssertSeen(FuzzRun.Inputs / 100, "Garbled", "proven");
    }

    private static IReadOnlyList<byte[]> Payloads =>
    [
        .. new[]
        {
            $"{Wire.CallSid}|YWNjb3VudA|openai|1795262400|1795262460|AAAAAAAAAAAAAAAA", $"{Wire.CallSid}||||0|", "|||||", "", "CAx|a|p|1|2|n", $"{Wire.CallSid}|a|p|99999999999999999999|-1|n",
        }.SelectMany(p => new[] { Encoding.UTF8.GetBytes(p), Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(p))) }),
    ];

    private void Count(string answer) => _answers[answer] = _answers.GetValueOrDefault(answer) + 1;

    private void AssertSeen(int atLeast, params string[] answers) =>
        Assert.That(answers.Select(a => _answers.GetValueOrDefault(a)), Has.All.GreaterThan(atLeast), string.Join(", ", _answers));
}
