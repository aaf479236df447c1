using Bridge.Application.Admission;

namespace Bridge.Application.Tests;

/// <summary>What a stream token is, and what is none.</summary>
public sealed class StreamTokenTests
{
    private static readonly string Now = DateTimeOffset.Parse("2000-01-01Z", null).ToUnixTimeSeconds().ToString();
    private static readonly string Good = $"{TestNames.CallSid}|acc|openai|{Now}|{Now}|nonce";

    private readonly StreamTokens _tokens = ForgedToken.Tokens();

    [Test]
    public void What_is_issued_is_proved_and_says_what_it_was_issued_for()
    {
        var (token, text) = _tokens.Issue(TestNames.CallSid, TestNames.AccountSid, "openai", TimeSpan.FromSeconds(60));

        Assert.That(_tokens.Prove(text, out _), Is.EqualTo(token));
        Assert.That((token.CallSid, token.Account, token.Profile), Is.EqualTo((TestNames.CallSid, StreamToken.AccountOf(TestNames.AccountSid), "openai")));
        Assert.That(token.ExpiresAt - token.IssuedAt, Is.EqualTo(60));
        Assert.That(_tokens.TextOf(token), Is.EqualTo(text));
    }

    [Test]
    public void It_fits_into_a_path_and_is_short()
    {
        var text = _tokens.Issue();

        Assert.That(text, Does.Match("^v1[.][A-Za-z0-9_-]{4}[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]{43}$"));
        Assert.That(text, Has.Length.LessThan(240));
    }

    [Test]
    public void Ten_thousand_for_one_call_are_all_different() =>
        Assert.That(Enumerable.Range(0, 10_000).Select(_ => _tokens.Issue()), Is.Unique);

    [Test]
    public void Nothing_of_the_accounts_name_can_be_read_in_it()
    {
        var (text, digits) = (_tokens.Issue(), TestNames.AccountSid[2..]);
        var said = text + ForgedToken.Payload(text).Replace(TestNames.CallSid, "");

        Assert.That(Enumerable.Range(0, digits.Length - 7).Select(i => digits.Substring(i, 8)), Has.None.Matches<string>(d => said.Contains(d!, StringComparison.OrdinalIgnoreCase)));
        Assert.That(ForgedToken.Payload(text), Does.Contain(StreamToken.AccountOf(TestNames.AccountSid)));
    }

    [Test]
    public void What_is_made_by_hand_with_our_key_is_a_token_so_that_the_tests_below_mean_something() =>
        Assert.That(_tokens.Prove(ForgedToken.Of(Good), out _)?.CallSid, Is.EqualTo(TestNames.CallSid));

    [TestCase(null)]
    [TestCase("")]
    [TestCase(".")]
    [TestCase("...")]
    [TestCase("v1")]
    [TestCase("v1..")]
    [TestCase("v1.a.b.c.d")]
    [TestCase("V1.a.b.c")]
    [TestCase("none.a.b.c")]
    [TestCase("v1.a.b.c/")]
    [TestCase("v1.a.b=.c")]
    [TestCase("v1.a.b%2e.c")]
    [TestCase(" v1.a.b.c")]
    [TestCase("v1.a.b.c\n")]
    public void A_text_that_has_not_its_shape_is_garbled(string? text) => Assert.That(_tokens.WhyNot(text), Is.EqualTo(StreamTokenFault.Garbled));

    [TestCase("v0")]
    [TestCase("v2")]
    [TestCase("v11")]
    [TestCase("")]
    [TestCase("none")]
    [TestCase("HS256")]
    public void Another_version_is_none_though_it_is_signed_with_our_key(string version) =>
        Assert.That(_tokens.WhyNot(ForgedToken.Of(Good, version)), Is.EqualTo(StreamTokenFault.Garbled));

    [Test]
    public void A_text_longer_than_any_token_is_garbled_before_anything_is_computed() =>
        Assert.That(_tokens.WhyNot(ForgedToken.Of(Good + new string('x', 400))), Is.EqualTo(StreamTokenFault.Garbled));

    [TestCase("A")]
    [TestCase("AAAAA")]
    [TestCase("-")]
    [TestCase("")]
    public void What_is_no_base64_is_garbled_though_it_is_signed_with_our_key(string payload) =>
        Assert.That(_tokens.WhyNot(ForgedToken.Signed($"v1.{ForgedToken.Parts(_tokens.Issue())[1]}.{payload}")), Is.EqualTo(StreamTokenFault.Garbled));

    public static IEnumerable<string> WrongPayloads =>
    [
        "", "|||||", Good + "|more", Good.Replace("|nonce", ""), Good.Replace("CA", "AC"), Good.Replace("CA0", "CA"), Good.Replace("CA0", "CAg"),
        Good.Replace(Now, "-" + Now), Good.Replace(Now, "+" + Now), Good.Replace(Now, " " + Now), Good.Replace(Now, "1e9"), Good.Replace(Now, "0x1"),
        Good.Replace(Now, ""), Good.Replace(Now, "99999999999999999999"), Good.Replace(Now, Now + ".0"), """{"CallSid":"CA"}""",
    ];

    [TestCaseSource(nameof(WrongPayloads))]
    public void Fields_that_are_wrong_make_no_token_though_they_are_signed_with_our_key(string payload) =>
        Assert.That(_tokens.WhyNot(ForgedToken.Of(payload)), Is.EqualTo(StreamTokenFault.Garbled));
}
