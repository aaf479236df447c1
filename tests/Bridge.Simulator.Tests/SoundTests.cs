namespace Bridge.Simulator.Tests;

internal sealed class SoundTests
{
    [Test]
    public void Every_code_survives_decoding_and_encoding()
    {
        // 0x7F is the negative zero: it decodes to the same amplitude as 0xFF.
        var codes = Enumerable.Range(0, 256).Select(code => (byte)code).Where(code => code != 0x7F).ToArray();
        Assert.That(Pcmu.Encode(Pcmu.Decode(codes)), Is.EqualTo(codes));
    }

    [TestCase(0x00, -32124)]
    [TestCase(0x80, 32124)]
    [TestCase(0xFF, 0)]
    [TestCase(0x7F, 0)]
    [TestCase(0xFE, 8)]
    [TestCase(0x1F, -8316)]
    public void Known_codes_have_the_amplitudes_of_the_standard(int code, int amplitude) =>
        Assert.That(Pcmu.Decode((byte)code), Is.EqualTo(amplitude));

    [Test]
    public void Every_amplitude_is_encoded_within_half_a_step()
    {
        for (var sample = -32124; sample <= 32124; sample++)
        {
            var off = Math.Abs(sample - Pcmu.Decode(Pcmu.Encode((short)sample)));
            Assert.That(off, Is.LessThanOrEqualTo((Math.Abs(sample) + 132) / 32), $"sample {sample}");
        }
    }

    [TestCase(0xD5, 8)]
    [TestCase(0x55, -8)]
    [TestCase(0xAA, 32256)]
    [TestCase(0x2A, -32256)]
    [TestCase(0xC5, 264)]
    [TestCase(0xF5, 528)]
    [TestCase(0x85, 4224)]
    public void Known_codes_of_the_other_law_have_the_amplitudes_of_the_standard(int code, int amplitude) =>
        Assert.That(Pcma.Decode((byte)code), Is.EqualTo(amplitude));

    [Test]
    public void Every_clip_is_there_loud_and_short()
    {
        Assert.That(Speech.Names, Has.Count.EqualTo(9));
        foreach (var name in Speech.Names)
        {
            Assert.That(Pcmu.Loudness(Speech.Clip(name)), Is.GreaterThan(400), name);
            Assert.That(Speech.Clip(name), Has.Length.InRange(8000, 90000), name);
        }

        Assert.That(Speech.CallerHello(), Has.Length.InRange(6 * 8000, 8 * 8000));
    }
}
