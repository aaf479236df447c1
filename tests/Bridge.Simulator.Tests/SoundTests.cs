using System.Text;

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

    [Test]
    public void A_written_wav_reads_back_as_it_was()
    {
        var audio = Speech.Clip("caller-ask").Select(code => code == 0x7F ? (byte)0xFF : code).ToArray();
        using var file = new MemoryStream();
        WavFile.Write(file, audio);
        file.Position = 0;
        Assert.That(WavFile.Read(file), Is.EqualTo(audio));
    }

    [TestCase(16000, 1, 16)]
    [TestCase(44100, 2, 16)]
    [TestCase(48000, 1, 8)]
    [TestCase(8000, 2, 16)]
    public void A_tone_of_another_rate_keeps_its_length_pitch_and_loudness(int rate, int channels, int bits)
    {
        var audio = WavFile.Read(Tone(rate, channels, bits));
        var samples = Pcmu.Decode(audio);
        var crossings = samples.Zip(samples.Skip(1), (a, b) => a < 0 && b >= 0).Count(crossing => crossing);
        Assert.Multiple(() =>
        {
            Assert.That(audio, Has.Length.EqualTo(8000));
            Assert.That(crossings, Is.EqualTo(400).Within(2), "periods in a second");
            Assert.That(Pcmu.Loudness(audio), Is.EqualTo(6366).Within(300), "mean of a sine of amplitude 10000");
        });
    }

    [Test]
    public void A_file_that_is_no_wav_or_of_another_kind_is_refused_with_a_reason()
    {
        Assert.That(() => WavFile.Read(new MemoryStream("not a wav file"u8.ToArray())), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => WavFile.Read(Tone(4000, 1, 16)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("8000"));
        Assert.That(() => WavFile.Read(Tone(8000, 1, 24)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("8 or 16 bit"));
    }

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

    private static MemoryStream Tone(int rate, int channels, int bits)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
        var bytes = rate * channels * bits / 8;
        writer.Write("RIFF"u8);
        writer.Write(36 + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)channels);
        writer.Write(rate);
        writer.Write(bytes);
        writer.Write((short)(channels * bits / 8));
        writer.Write((short)bits);
        writer.Write("data"u8);
        writer.Write(bytes);
        for (var i = 0; i < rate * channels; i++)
        {
            var sample = (int)(10000 * Math.Sin(2 * Math.PI * 400 * (i / channels) / rate));
            if (bits == 16)
                writer.Write((short)sample);
            else if (bits == 8)
                writer.Write((byte)(128 + (sample / 256)));
            else
                writer.Write(new byte[3]);
        }

        stream.Position = 0;
        return stream;
    }
}
