namespace Bridge.Simulator.Tests;

internal sealed class WatermarkTests
{
    [Test]
    public void A_mark_is_read_as_it_was_written([Values(1, 77, 65535)] int ordinal, [Values(0, 1, 4095)] int frame)
    {
        var block = Speech.Clip("greeting")[..160];
        Watermark.Write(block, ordinal, frame);
        Assert.That(Watermark.TryRead(block, out var mark), Is.True);
        Assert.That(mark, Is.EqualTo(new Watermark(ordinal, frame)));
    }

    [Test]
    public void Every_single_changed_bit_of_a_block_is_detected()
    {
        var block = Speech.Tone(20);
        Watermark.Write(block, 5, 9);
        for (var bit = 0; bit < 160 * 8; bit++)
        {
            block[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(Watermark.TryRead(block, out _), Is.False, $"bit {bit}");
            block[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Test]
    public void The_mark_is_too_quiet_to_hear()
    {
        var clean = Speech.Clip("answer-short")[..16000];
        var marked = clean.ToArray();
        Watermark.Write(marked, 1, 0);
        var noise = clean.Zip(marked, (a, b) => Math.Pow(Pcmu.Decode(a) - Pcmu.Decode(b), 2)).Sum();
        var signal = clean.Sum(code => Math.Pow(Pcmu.Decode(code), 2));
        Assert.That(10 * Math.Log10(signal / noise), Is.GreaterThan(25), "signal to noise, dB");
    }

    [Test]
    public void Only_whole_blocks_can_be_marked() =>
        Assert.That(() => Watermark.Write(new byte[100], 1, 0), Throws.ArgumentException);
}
