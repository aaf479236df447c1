using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

public sealed class Base64InPlaceTests
{
    [TestCase("", "")]
    [TestCase("AA==", "00")]
    [TestCase("AAE=", "0001")]
    [TestCase("AAEC", "000102")]
    [TestCase("f/9+/w==", "7FFF7EFF")]
    public void Base64_becomes_its_bytes_where_it_stands(string text, string bytes)
    {
        var buffer = Wire.Bytes(text);

        Assert.That(Base64InPlace.TryDecode(buffer, escaped: false, out var decoded), Is.True);
        Assert.That(Convert.ToHexString(decoded.Span), Is.EqualTo(bytes));
        Assert.That(buffer.Span.Overlaps(decoded.Span), Is.EqualTo(bytes.Length > 0));
    }

    [TestCase("f\\/9+\\/w==", "7FFF7EFF")]
    [TestCase("f\\u002F9\\u002b\\u002f\\u0077==", "7FFF7EFF")]
    [TestCase("\\u0041AEC", "000102")]
    [TestCase("AAE\\u0043", "000102")]
    [TestCase("AAEC", "000102")]
    public void Escaped_base64_is_unescaped_first(string text, string bytes)
    {
        Assert.That(Base64InPlace.TryDecode(Wire.Bytes(text), escaped: true, out var decoded), Is.True);
        Assert.That(Convert.ToHexString(decoded.Span), Is.EqualTo(bytes));
    }

    [TestCase("A", false)]
    [TestCase("AA", false)]
    [TestCase("AAA", false)]
    [TestCase("A===", false)]
    [TestCase("AA==AA==", false)]
    [TestCase("AA=A", false)]
    [TestCase("A-_A", false)]
    [TestCase("A\\/A", false)]
    [TestCase("AAEC\\", true)]
    [TestCase("AAEC\\n", true)]
    [TestCase("AAEC\\\\", true)]
    [TestCase("AAEC\\u", true)]
    [TestCase("AAE\\u00", true)]
    [TestCase("AAE\\u00 43", true)]
    [TestCase("AAE\\u00g3", true)]
    [TestCase("AAE\\u0143", true)]
    [TestCase("AAE\\U0043", true)]
    public void What_is_no_base64_is_refused(string text, bool escaped)
    {
        Assert.That(Base64InPlace.TryDecode(Wire.Bytes(text), escaped, out var decoded), Is.False);
        Assert.That(decoded.Length, Is.Zero);
    }

    [Test]
    public void Any_bytes_survive_the_way_there_and_back_with_every_slash_and_plus_escaped()
    {
        var random = new Random(7);
        for (var length = 0; length < 300; length++)
        {
            var audio = new byte[length];
            random.NextBytes(audio);
            var text = Convert.ToBase64String(audio);
            var escaped = text.Replace("/", "\\/", StringComparison.Ordinal).Replace("+", "\\u002B", StringComparison.Ordinal);

            Assert.That(Base64InPlace.TryDecode(Wire.Bytes(text), escaped: false, out var plain) && plain.Span.SequenceEqual(audio), Is.True);
            Assert.That(Base64InPlace.TryDecode(Wire.Bytes(escaped), escaped: true, out var unescaped) && unescaped.Span.SequenceEqual(audio), Is.True);
        }
    }
}
