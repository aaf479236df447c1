using Bridge.Infrastructure.Recordings;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Tests;

/// <summary>The recordings that come with the service, and those that are named instead.</summary>
public sealed class RecordingTests
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bridge-recordings-");

    [TearDown]
    public void TearDown() => _directory.Delete(recursive: true);

    [Test]
    public void The_recordings_that_come_with_the_service_are_two_and_are_sound()
    {
        var recordings = new RecordingFiles(Options.Create(new RecordingOptions()));

        Assert.That(recordings.Filler.Length / 8, Is.InRange(500, 2000), "one moment, please");
        Assert.That(recordings.SayAgain.Length / 8, Is.InRange(2000, 10_000), "a sentence");
        foreach (var recording in new[] { recordings.Filler.ToArray(), recordings.SayAgain.ToArray() })
        {
            Assert.That(Loudness(recording), Is.InRange(1000, 8000));
            Assert.That(Loudness(recording[..2400]), Is.GreaterThan(500), "it begins at once");
            Assert.That(Longest(recording), Is.LessThan(400 * 8), "no long pause in it");
            Assert.That(PcmuFile.WhyNot(Written(recording)), Is.Null);
        }
    }

    [Test]
    public void A_file_that_is_named_is_played_instead()
    {
        var own = PhoneSound.Tone(300);
        var recordings = new RecordingFiles(Options.Create(new RecordingOptions { SayAgain = Written(WavBytes.File(WavBytes.Format(), WavBytes.Data(own))) }));

        Assert.That(recordings.SayAgain.ToArray(), Is.EqualTo(own));
        Assert.That(recordings.Filler.Length, Is.GreaterThan(4000), "the other is as it was");
    }

    [TestCase(199, "199 ms")]
    [TestCase(200, null)]
    [TestCase(10_000, null)]
    [TestCase(10_001, "10001 ms")]
    [TestCase(0, "0 ms")]
    public void A_recording_is_neither_too_short_nor_too_long(int ms, string? why) =>
        Assert.That(PcmuFile.WhyNot(Written(PhoneSound.Tone(ms))), why is null ? Is.Null : Does.Contain(why));

    [Test]
    public void Without_files_there_is_no_fault() => Assert.That(Faults(new RecordingOptions()), Is.Empty);

    [Test]
    public void A_file_that_cannot_be_played_is_a_fault_that_names_the_variable_and_the_file()
    {
        var pcm = Written(WavBytes.File(WavBytes.Format(format: 1), WavBytes.Data(PhoneSound.Tone(300))));
        var missing = Path.Combine(_directory.FullName, "missing.ulaw");

        Assert.That(Faults(new RecordingOptions { Filler = pcm, SayAgain = missing }), Is.EqualTo(new[]
        {
            $"FILLER_CLIP names '{pcm}', which is a WAV file, but not of G.711 µ-law, 8000 Hz, mono.",
            $"SAY_AGAIN_CLIP names '{missing}', which cannot be read.",
        }));
    }

    [Test]
    public void A_directory_and_a_name_that_is_none_cannot_be_read()
    {
        Assert.That(PcmuFile.WhyNot(_directory.FullName), Is.EqualTo("cannot be read"));
        Assert.That(PcmuFile.WhyNot("a\0b"), Is.EqualTo("cannot be read"));
        Assert.That(PcmuFile.WhyNot(Path.Combine(_directory.FullName, "no", "such", "directory")), Is.EqualTo("cannot be read"));
    }

    private static List<string> Faults(RecordingOptions options) => [.. new RecordingOptionsRules().Validate(options).Errors.Select(e => e.ErrorMessage)];

    private string Written(byte[] bytes)
    {
        var path = Path.Combine(_directory.FullName, $"{Guid.NewGuid()}.ulaw");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static double Loudness(byte[] pcmu) => pcmu.Average(b => Math.Abs(Decode(b)));

    /// <summary>The longest run of samples that are as good as silent.</summary>
    private static int Longest(byte[] pcmu)
    {
        var (longest, run) = (0, 0);
        foreach (var sample in pcmu)
        {
            run = Math.Abs(Decode(sample)) < 50 ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    /// <summary>G.711 µ-law to 16 bits, as the standard has it.</summary>
    private static int Decode(byte sample)
    {
        var inverted = ~sample & 0xFF;
        var magnitude = ((((inverted & 0x0F) << 3) + 132) << ((inverted & 0x70) >> 4)) - 132;
        return (inverted & 0x80) != 0 ? -magnitude : magnitude;
    }
}
