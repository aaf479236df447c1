using System.Text;
using Bridge.Domain.Playback;
using CsCheck;

namespace Bridge.Domain.Tests;

public sealed class MarkTests
{
    [TestCase(3, 17, "g3m17")]
    [TestCase(0, 0, "g0m0")]
    [TestCase(int.MaxValue, int.MaxValue, "g2147483647m2147483647")]
    public void A_name_is_generation_and_sequence(int generation, int sequence, string name) =>
        Assert.That(Name(new Mark(generation, sequence)), Is.EqualTo(name));

    [Test]
    public void Every_name_reads_back_as_its_mark() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue], (g, s) => new Mark(g, s))
            .Sample(mark => Mark.TryParse(Encoding.UTF8.GetBytes(Name(mark)), out var read) && read == mark, iter: 10_000);

    [TestCase("")]
    [TestCase("g")]
    [TestCase("g1")]
    [TestCase("g1m")]
    [TestCase("gm1")]
    [TestCase("m1g1")]
    [TestCase("G1m1")]
    [TestCase("g1M1")]
    [TestCase("g01m1")]
    [TestCase("g1m01")]
    [TestCase("g+1m1")]
    [TestCase("g1m+1")]
    [TestCase("g-1m1")]
    [TestCase("g1m-1")]
    [TestCase("g-0m1")]
    [TestCase(" g1m1")]
    [TestCase("g1m1 ")]
    [TestCase("g 1m1")]
    [TestCase("g1m1m1")]
    [TestCase("g1.0m1")]
    [TestCase("g1m1e2")]
    [TestCase("g2147483648m1")]
    [TestCase("g1m2147483648")]
    [TestCase("g1m99999999999999999999")]
    [TestCase("responsePart")]
    public void A_name_merely_alike_is_refused(string name)
    {
        Assert.That(Mark.TryParse(Encoding.UTF8.GetBytes(name), out var mark), Is.False);
        Assert.That(mark, Is.EqualTo(default(Mark)));
    }

    [Test]
    public void Bytes_that_are_no_name_are_refused_without_an_exception() =>
        Gen.Byte.Array[0, 30].Sample(bytes => !Mark.TryParse(bytes, out var mark) || Name(mark) == Encoding.UTF8.GetString(bytes), iter: 10_000);

    [Test]
    public void A_buffer_too_small_for_any_name_is_refused_even_for_a_short_one() =>
        Assert.That(() => new Mark(0, 0).Format(new byte[Mark.MaxNameLength - 1]), Throws.ArgumentException);

    [Test]
    public void Writing_and_reading_names_makes_no_garbage()
    {
        RoundTrips(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        RoundTrips(1000);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void RoundTrips(int count)
    {
        Span<byte> name = stackalloc byte[Mark.MaxNameLength];
        for (var i = 0; i < count; i++)
        {
            if (!Mark.TryParse(name[..new Mark(i, i * 7).Format(name)], out _))
                throw new InvalidOperationException("A name did not read back.");
        }
    }

    private static string Name(Mark mark)
    {
        Span<byte> name = stackalloc byte[Mark.MaxNameLength];
        return Encoding.UTF8.GetString(name[..mark.Format(name)]);
    }
}
