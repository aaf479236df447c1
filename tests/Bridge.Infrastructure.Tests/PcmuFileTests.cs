using Bridge.Infrastructure.Recordings;

namespace Bridge.Infrastructure.Tests;

/// <summary>Files with recordings of one's own: what is in them is found, and what cannot be played is not.</summary>
public sealed class PcmuFileTests
{
    private static readonly byte[] Audio = PhoneSound.Tone(500);

    [Test]
    public void A_file_that_is_no_WAV_is_all_audio() => Assert.That(PcmuFile.Read(Audio).ToArray(), Is.EqualTo(Audio));

    [Test]
    public void Of_a_WAV_file_the_audio_is_read_and_nothing_else() => AssertAudio(WavBytes.File(WavBytes.Format(), WavBytes.Data(Audio)));

    [TestCase(2)]
    [TestCase(24)]
    public void A_longer_description_of_the_audio_is_the_same(int more) => AssertAudio(WavBytes.File(WavBytes.Format(more: more), WavBytes.Data(Audio)));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(26)]
    [TestCase(27)]
    public void Other_chunks_are_skipped_of_whatever_length(int length) =>
        AssertAudio(WavBytes.File(WavBytes.Chunk("LIST", new byte[length]), WavBytes.Format(), WavBytes.Chunk("fact", new byte[length]), WavBytes.Data(Audio), WavBytes.Chunk("id3 ", new byte[length])));

    [Test]
    public void Audio_of_an_odd_length_is_not_read_beyond_its_end()
    {
        var odd = Audio[..3999];

        Assert.That(PcmuFile.Read(WavBytes.File(WavBytes.Format(), WavBytes.Data(odd), WavBytes.Chunk("LIST", new byte[9]))).ToArray(), Is.EqualTo(odd));
    }

    [TestCase(uint.MaxValue)]
    [TestCase(0x8000_0000u)]
    [TestCase(5000u)]
    public void A_length_beyond_the_files_end_as_a_stream_writes_it_means_the_rest(uint length) =>
        AssertAudio(WavBytes.File(WavBytes.Format(), WavBytes.Chunk("data", Audio, length)));

    [TestCase(1, 1, 8000)]
    [TestCase(6, 1, 8000)]
    [TestCase(85, 1, 8000)]
    [TestCase(0xFFFE, 1, 8000)]
    [TestCase(7, 2, 8000)]
    [TestCase(7, 1, 16000)]
    public void A_WAV_file_of_another_format_is_refused(int format, int channels, int rate) =>
        Assert.That(() => PcmuFile.Read(WavBytes.File(WavBytes.Format(format, channels, rate), WavBytes.Data(Audio))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("µ-law"));

    [Test]
    public void A_WAV_file_that_says_nothing_of_its_audio_is_refused() => Assert.That(() => PcmuFile.Read(WavBytes.File(WavBytes.Data(Audio))), Throws.TypeOf<InvalidDataException>());

    [Test]
    public void A_WAV_file_without_audio_is_refused() => Assert.That(() => PcmuFile.Read(WavBytes.File(WavBytes.Format())), Throws.TypeOf<InvalidDataException>());

    [Test]
    public void A_WAV_file_that_was_cut_off_anywhere_is_refused_or_shorter()
    {
        var whole = WavBytes.File(WavBytes.Format(), WavBytes.Chunk("fact", new byte[4]), WavBytes.Data(Audio));
        for (var length = 4; length < whole.Length; length++)
        {
            var cut = whole[..length];
            if (length < whole.Length - Audio.Length)
                Assert.That(() => PcmuFile.Read(cut), Throws.TypeOf<InvalidDataException>(), $"{length}");
            else
                Assert.That(PcmuFile.Read(cut).Length, Is.EqualTo(length - (whole.Length - Audio.Length)));
        }
    }

    [Test]
    public void Whatever_is_wrong_with_a_WAV_file_nothing_else_is_thrown()
    {
        var random = new Random(20261122);
        var whole = WavBytes.File(WavBytes.Format(), WavBytes.Data(Audio[..100]));
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = whole.ToArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
                damaged[random.Next(4, 48)] = (byte)random.Next(256);
            Assert.That(() => Try(damaged), Throws.Nothing, Convert.ToHexString(damaged));
        }
    }

    private static void Try(byte[] file)
    {
        try
        {
            PcmuFile.Read(file);
        }
        catch (InvalidDataException)
        {
            // Refused, as it may be.
        }
    }

    private static void AssertAudio(byte[] file) => Assert.That(PcmuFile.Read(file).ToArray(), Is.EqualTo(Audio));
}
