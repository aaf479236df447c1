using Bridge.Application.Admission;

namespace Bridge.Application.Tests;

/// <summary>A number that can be counted and logged, and from which nobody learns the number.</summary>
public sealed class CallerNumberTests
{
    private const string Number = "+15005550006";

    [Test]
    public void One_number_is_one_and_another_is_another()
    {
        Assert.That(CallerNumber.Of(Number, "+1", "inbound"), Is.EqualTo(CallerNumber.Of($" {Number} ", "+2", null)).And.Not.Null);
        Assert.That(CallerNumber.Of(Number, null, null), Is.Not.EqualTo(CallerNumber.Of("+15005550007", null, null)));
    }

    [TestCase("outbound-api")]
    [TestCase("outbound-dial")]
    public void Of_a_call_that_we_made_it_is_the_one_who_was_called(string direction) =>
        Assert.That(CallerNumber.Of("+15550000000", Number, direction), Is.EqualTo(CallerNumber.Of(Number, null, "inbound")));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("   ")]
    [TestCase("anonymous")]
    [TestCase("Anonymous")]
    [TestCase("Restricted")]
    [TestCase("unknown")]
    [TestCase("unavailable")]
    [TestCase("blocked")]
    [TestCase("private")]
    [TestCase("+266696687")]
    [TestCase("266696687")]
    [TestCase("+7378742833")]
    [TestCase("+2562533")]
    [TestCase("+8566696")]
    [TestCase("+86282452253")]
    [TestCase("sip:anonymous@anonymous.invalid")]
    public void A_number_that_is_withheld_is_none(string? hidden)
    {
        Assert.That(CallerNumber.Of(hidden, Number, "inbound"), Is.Null);
        Assert.That(CallerNumber.Of(Number, hidden, "outbound-api"), Is.Null);
    }

    [TestCase("client:alice")]
    [TestCase("sip:bob@example.com")]
    [TestCase("+2666966870")]
    public void Whoever_has_a_name_is_counted(string from) => Assert.That(CallerNumber.Of(from, null, null), Is.Not.Null);

    [Test]
    public void Printed_it_is_sixteen_hexadecimal_digits_with_nothing_of_the_number_in_them()
    {
        var printed = Enumerable.Range(0, 1_000).Select(i => (Number: $"+1500{i:d7}", Text: CallerNumber.Of($"+1500{i:d7}", null, null)!.Value.ToString())).ToList();

        Assert.That(printed.Select(p => p.Text), Is.Unique);
        Assert.That(printed.Select(p => p.Text), Has.All.Match("^[0-9a-f]{16}$"));
        // By chance, eight digits of a number stand in one of nine places of sixteen once in five hundred million.
        Assert.That(printed.Where(p => Enumerable.Range(1, 4).Any(i => p.Text.Contains(p.Number.Substring(i, 8)))), Is.Empty);
        Assert.That($"{CallerNumber.Of(Number, null, null)}", Does.Match("^[0-9a-f]{16}$"));
    }

    [Test]
    public void It_is_no_plain_hash_that_one_could_find_by_trying_all_numbers()
    {
        var text = CallerNumber.Of(Number, null, null).ToString()!;
        var plain = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Number));

        Assert.That(text, Is.Not.EqualTo(Convert.ToHexStringLower(plain.AsSpan(0, 8))).And.Not.EqualTo(BitConverter.ToUInt64(plain).ToString("x16")));
    }
}
