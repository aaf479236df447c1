using Bridge.Application.Admission;
using CsCheck;

namespace Bridge.Application.Tests;

/// <summary>Whatever is done to a token, it is one no longer: there is one text for it, and only a key makes it.</summary>
public sealed class StreamTokenForgeryTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private readonly StreamTokens _tokens = ForgedToken.Tokens();
    private readonly string _text = ForgedToken.Tokens().Issue();

    [Test]
    public void The_token_itself_is_one_so_that_the_tests_below_mean_something() => Assert.That(_tokens.Prove(_text, out _), Is.Not.Null);

    [Test]
    public void Each_single_character_that_is_changed_to_any_other_makes_it_none()
    {
        for (var at = 0; at < _text.Length; at++)
        {
            foreach (var other in (Alphabet + ".=+/ %\0é").Where(c => c != _text[at]))
                _tokens.WhyNot(_text[..at] + other + _text[(at + 1)..]);
        }
    }

    [Test]
    public void Each_part_that_is_changed_has_its_own_fault()
    {
        var parts = ForgedToken.Parts(_text);

        Assert.That(_tokens.WhyNot($"v2.{parts[1]}.{parts[2]}.{parts[3]}"), Is.EqualTo(StreamTokenFault.Garbled));
        Assert.That(_tokens.WhyNot($"v1.{Other(parts[1])}.{parts[2]}.{parts[3]}"), Is.EqualTo(StreamTokenFault.UnknownKey));
        Assert.That(_tokens.WhyNot($"v1.{parts[1]}.{Other(parts[2])}.{parts[3]}"), Is.EqualTo(StreamTokenFault.Forged));
        Assert.That(_tokens.WhyNot($"v1.{parts[1]}.{parts[2]}.{Other(parts[3])}"), Is.EqualTo(StreamTokenFault.Forged));
        Assert.That(_tokens.WhyNot($"v1.{parts[1]}.{parts[2]}."), Is.EqualTo(StreamTokenFault.Forged), "no signature");
        Assert.That(_tokens.WhyNot($"v1..{parts[2]}.{parts[3]}"), Is.EqualTo(StreamTokenFault.UnknownKey), "no key");
    }

    [Test]
    public void Cut_anywhere_it_is_none()
    {
        for (var length = 0; length < _text.Length; length++)
            _tokens.WhyNot(_text[..length]);
        for (var from = 1; from < _text.Length; from++)
            _tokens.WhyNot(_text[from..]);
    }

    [Test]
    public void With_a_character_more_it_is_none()
    {
        for (var at = 0; at <= _text.Length; at++)
        {
            foreach (var more in Alphabet + ".= ")
                _tokens.WhyNot(_text[..at] + more + _text[at..]);
        }
    }

    [Test]
    public void Signed_with_another_key_under_our_keys_name_it_is_forged()
    {
        var forged = ForgedToken.Signed(string.Join('.', ForgedToken.Parts(_text).Take(3)), ForgedToken.OtherKey);

        Assert.That(_tokens.WhyNot(forged), Is.EqualTo(StreamTokenFault.Forged));
    }

    [Test]
    public void Put_together_of_two_good_ones_it_is_forged()
    {
        var (one, other) = (ForgedToken.Parts(_text), ForgedToken.Parts(_tokens.Issue()));

        Assert.That(_tokens.WhyNot($"v1.{one[1]}.{one[2]}.{other[3]}"), Is.EqualTo(StreamTokenFault.Forged));
    }

    /// <summary>The 43rd letter of 32 bytes holds two bits that mean nothing: four letters say the same bytes. So for other lengths.</summary>
    [TestCase(2)]
    [TestCase(3)]
    public void Another_spelling_of_the_same_bytes_is_forged(int part)
    {
        var parts = ForgedToken.Parts(_text);
        foreach (var last in Alphabet.Where(c => c != parts[part][^1]))
        {
            var spelt = parts.ToArray();
            spelt[part] = parts[part][..^1] + last;
            Assert.That(_tokens.WhyNot(string.Join('.', spelt)), Is.EqualTo(StreamTokenFault.Forged));
        }
    }

    [TestCase('v', '\uFF56')]
    [TestCase('1', '\uFF11')]
    [TestCase('.', '\u2024')]
    [TestCase('.', '\uFF0E')]
    [TestCase('.', '\u3002')]
    public void Characters_that_look_alike_are_garbled(char ours, char alike) =>
        Assert.That(_tokens.WhyNot(_text.Replace(ours, alike)), Is.EqualTo(StreamTokenFault.Garbled));

    [Test]
    public void Characters_that_cannot_be_seen_are_garbled()
    {
        foreach (var unseen in "\u200D\u00AD\uFEFF\0\t\uD83D")
            Assert.That(_tokens.WhyNot(_text + unseen), Is.EqualTo(StreamTokenFault.Garbled));
    }

    [Test]
    public void Nothing_that_was_mutated_at_random_is_proved() =>
        Gen.Select(Gen.Int[0, _text.Length - 1], Gen.Int[1, 4], Gen.OneOf(Gen.Char[Alphabet + "."], Gen.Char), Gen.Int[0, 3]).Array[1, 4].Sample(
            mutations => mutations.Aggregate(_text, Mutate) is var mutated && (mutated == _text || _tokens.Prove(mutated, out _) is null), iter: 10_000);

    [Test]
    public void Nothing_made_up_is_proved() =>
        Gen.Select(Gen.String[Gen.Char[Alphabet], 0, 6], Gen.String[Gen.Char[Alphabet], 0, 200], Gen.String[Gen.Char[Alphabet], 0, 50]).Sample(
            (kid, payload, mac) => _tokens.Prove($"v1.{kid}.{payload}.{mac}", out _) is null && _tokens.Prove($"v1.{ForgedToken.Parts(_text)[1]}.{payload}.{mac}", out _) is null,
            iter: 10_000);

    private static string Mutate(string text, (int At, int Length, char Character, int How) mutation)
    {
        var at = Math.Min(mutation.At, text.Length);
        var length = Math.Min(mutation.Length, text.Length - at);
        return mutation.How switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, new string(mutation.Character, mutation.Length)),
            2 => text.Remove(at, length).Insert(at, new string(mutation.Character, length)),
            _ => text[at..] + text[..at],
        };
    }

    private static string Other(string part) => (part[0] == 'A' ? 'B' : 'A') + part[1..];
}
