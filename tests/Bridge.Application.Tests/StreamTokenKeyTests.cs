using Bridge.Application.Admission;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Application.Tests;

/// <summary>Keys that are changed while calls are on, instances that share them or do not, and the time a token lives.</summary>
public sealed class StreamTokenKeyTests
{
    private const string Old = ForgedToken.Key;
    private const string New = ForgedToken.OtherKey;

    private readonly string _ofTheOldKey = ForgedToken.Tokens(Old).Issue();

    [TestCase($"{New},{Old}")]
    [TestCase($" {New} , {Old} ,")]
    public void While_a_key_is_changed_tokens_of_the_old_one_are_proved_and_new_ones_are_of_the_new(string keys)
    {
        var tokens = ForgedToken.Tokens(keys);

        Assert.That(tokens.Prove(_ofTheOldKey, out _), Is.Not.Null);
        Assert.That(ForgedToken.Tokens(New).Prove(tokens.Issue(), out _), Is.Not.Null);
        Assert.That(ForgedToken.Tokens(Old).WhyNot(tokens.Issue()), Is.EqualTo(StreamTokenFault.UnknownKey));
    }

    [Test]
    public void An_instance_that_has_the_new_key_second_proves_what_those_sign_that_have_it_first() =>
        Assert.That(ForgedToken.Tokens($"{Old},{New}").Prove(ForgedToken.Tokens($"{New},{Old}").Issue(), out _), Is.Not.Null);

    [Test]
    public void A_key_that_was_taken_away_proves_nothing() =>
        Assert.That(ForgedToken.Tokens(New).WhyNot(_ofTheOldKey), Is.EqualTo(StreamTokenFault.UnknownKey));

    [Test]
    public void Without_a_key_no_two_instances_know_each_others_tokens()
    {
        var (one, other) = (ForgedToken.Tokens(null), ForgedToken.Tokens(null));

        Assert.That(one.Prove(one.Issue(), out _), Is.Not.Null);
        Assert.That(other.WhyNot(one.Issue()), Is.EqualTo(StreamTokenFault.UnknownKey));
    }

    [Test]
    public void The_name_of_a_key_says_nothing_of_the_key()
    {
        var name = ForgedToken.Parts(_ofTheOldKey)[1];

        Assert.That(name, Has.Length.EqualTo(4).And.Not.SubsetOf(Old));
    }

    [TestCase(-31, false)]
    [TestCase(-30, true)]
    [TestCase(0, true)]
    [TestCase(60, true)]
    [TestCase(61, false)]
    public void It_lives_a_minute_and_a_clock_that_is_half_a_minute_behind_knows_it(int after, bool lives)
    {
        var time = new FakeTimeProvider();
        var token = ForgedToken.Tokens(time: time).Prove(ForgedToken.Tokens(time: time).Issue(), out _)!;

        Assert.That(token.IsCurrent(time.GetUtcNow().AddSeconds(after)), Is.EqualTo(lives));
    }

    [Test]
    public void A_life_of_part_of_a_second_is_a_second() =>
        Assert.That(ForgedToken.Tokens().Issue(TestNames.CallSid, null, "openai", TimeSpan.FromSeconds(0.1)).Token is { } t ? t.ExpiresAt - t.IssuedAt : 0, Is.EqualTo(1));
}
