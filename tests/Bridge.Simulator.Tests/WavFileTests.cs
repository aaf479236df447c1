using System.Text;

namespace Bridge.Simulator.Tests;

internal sealed class WavFileTests
{
    private const int Extensible = 0xFFFE;
    private const int Mp3 = 0x55;

    [Test]
    public void A_written_wav_reads_back_as_it_was()
    {
        var audio = Speech.Clip("caller-ask").Select(code => code == 0x7F ? (byte)0xFF : code).ToArray();
        using var file = new MemoryStream();
        WavFile.Write(file, audio);
        file.Position = 0;
        Assert.That(WavFile.Read(file), Is.EqualTo(audio));
    }

    [TestCase(16000, 1, WavFormat.Pcm, 16)]
    [TestCase(44100, 2, WavFormat.Pcm, 16)]
    [TestCase(48000, 1, WavFormat.Pcm, 8)]
    [TestCase(8000, 2, WavFormat.Pcm, 16)]
    [TestCase(11025, 1, WavFormat.Pcm, 24)]
    [TestCase(48000, 6, WavFormat.Pcm, 24)]
    [TestCase(96000, 2, WavFormat.Pcm, 32)]
    [TestCase(48000, 2, WavFormat.Float, 32)]
    [TestCase(8000, 1, WavFormat.MuLaw, 8)]
    [TestCase(16000, 2, WavFormat.MuLaw, 8)]
    [TestCase(8000, 1, WavFormat.ALaw, 8)]
    public void A_tone_of_any_kind_keeps_its_length_pitch_and_loudness(int rate, int channels, int tag, int bits)
    {
        AssertTone(WavFile.Read(Tone(rate, channels, tag, bits)));
        AssertTone(WavFile.Read(Tone(rate, channels, tag, bits, extensible: true)));
    }

    [Test]
    public void Float_beyond_full_scale_is_clipped_and_no_number_is_silence()
    {
        var audio = WavFile.Read(File(8000, 1, WavFormat.Float, 32, false, writer =>
        {
            foreach (var value in new[] { 3f, -3f, float.NaN, float.PositiveInfinity })
                writer.Write(value);
        }));
        Assert.That(Pcmu.Decode(audio), Is.EqualTo(new short[] { 32124, -32124, 0, 0 }));
    }

    [TestCase(4000, 1, WavFormat.Pcm, 16, "8000 samples a second or more; this one has 4000")]
    [TestCase(8000, 0, WavFormat.Pcm, 16, "no channels")]
    [TestCase(8000, 1, WavFormat.Pcm, 12, "this one is PCM of 12 bit")]
    [TestCase(8000, 1, WavFormat.Float, 64, "this one is float of 64 bit")]
    [TestCase(8000, 1, Mp3, 0, "this one is format 85 of 0 bit")]
    [TestCase(8000, 1, Extensible, 16, "this one is an extensible kind of its own of 16 bit")]
    public void Another_kind_is_refused_with_a_sentence(int rate, int channels, int tag, int bits, string reason) =>
        Assert.That(
            () => WavFile.Read(File(rate, channels, tag, bits, false, static _ => { })),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(reason).And.Message.Not.Contains("{"));

    [Test]
    public void A_file_that_is_no_wav_is_refused() =>
        Assert.That(() => WavFile.Read(new MemoryStream("not a wav file"u8.ToArray())), Throws.TypeOf<InvalidDataException>());

    private static void AssertTone(byte[] audio)
    {
        var samples = Pcmu.Decode(audio);
        var crossings = samples.Zip(samples.Skip(1), (a, b) => a < 0 && b >= 0).Count(crossing => crossing);
        Assert.Multiple(() =>
        {
            Assert.That(audio, Has.Length.EqualTo(8000).Within(1));
            Assert.That(crossings, Is.EqualTo(400).Within(2), "periods in a second");
            Assert.That(Pcmu.Loudness(audio), Is.EqualTo(6366).Within(300), "mean of a sine of amplitude 10000");
        });
    }

    private static MemoryStream Tone(int rate, int channels, int tag, int bits, bool extensible = false) =>
        File(rate, channels, tag, bits, extensible, writer =>
        {
            for (var i = 0; i < rate * channels; i++)
                Write(writer, tag, bits, (int)(10000 * Math.Sin(2 * Math.PI * 400 * (i / channels) / rate)));
        });

    private static void Write(BinaryWriter writer, int tag, int bits, int sample)
    {
        if (tag == WavFormat.Float)
            writer.Write(sample / 32768f);
        else if (tag == WavFormat.MuLaw)
            writer.Write(Pcmu.Encode((short)sample));
        else if (tag == WavFormat.ALaw)
            writer.Write((byte)Enumerable.Range(0, 256).MinBy(code => Math.Abs(Pcma.Decode((byte)code) - sample)));
        else if (bits == 8)
            writer.Write((byte)(128 + (sample / 256)));
        else
            writer.Write(BitConverter.GetBytes(sample << 16).AsSpan(4 - (bits / 8)));
    }

    private static MemoryStream File(int rate, int channels, int tag, int bits, bool extensible, Action<BinaryWriter> samples)
    {
        using var data = new MemoryStream();
        using (var writer = new BinaryWriter(data, Encoding.ASCII, leaveOpen: true))
            samples(writer);
        var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true))
        {
            writer.Write("RIFF"u8);
            writer.Write((extensible ? 60 : 36) + (int)data.Length);
            writer.Write("WAVEfmt "u8);
            writer.Write(extensible ? 40 : 16);
            writer.Write((ushort)(extensible ? Extensible : tag));
            writer.Write((short)channels);
            writer.Write(rate);
            writer.Write(rate * channels * bits / 8);
            writer.Write((short)(channels * bits / 8));
            writer.Write((short)bits);
            if (extensible)
            {
                writer.Write((short)22);
                writer.Write((short)bits);
                writer.Write(0);
                writer.Write(new Guid(tag, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71).ToByteArray());
            }

            writer.Write("data"u8);
            writer.Write((int)data.Length);
            writer.Write(data.ToArray());
        }

        stream.Position = 0;
        return stream;
    }
}
