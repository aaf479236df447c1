using System.Buffers.Binary;

namespace Bridge.Simulator;

/// <summary>
/// What a WAV file's samples are: PCM of 8, 16, 24 or 32 bit, 32 bit float, µ-law or A-law, by their own tag or inside the extensible one.
/// </summary>
internal sealed record WavFormat(int Tag, int Channels, long Rate, int Bits)
{
    public const int Pcm = 1;
    public const int Float = 3;
    public const int ALaw = 6;
    public const int MuLaw = 7;
    private const int Extensible = 0xFFFE;

    public int SampleBytes => Bits / 8;

    public int FrameBytes => Channels * SampleBytes;

    // Behind the tag, the identifier of every kind that also has a tag is this.
    private static ReadOnlySpan<byte> TagIdentifier => [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    /// <summary>Reads the body of a <c>fmt</c> chunk.</summary>
    /// <exception cref="InvalidDataException">It is of a kind that cannot be read here; the message says which.</exception>
    public static WavFormat Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length < 16)
            throw new InvalidDataException("The WAV file's format is cut short.");
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(body);
        if (tag == Extensible && body.Length >= 40 && body.Slice(26, 14).SequenceEqual(TagIdentifier))
            tag = BinaryPrimitives.ReadUInt16LittleEndian(body[24..]);
        var format = new WavFormat(
            tag,
            BinaryPrimitives.ReadUInt16LittleEndian(body[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(body[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(body[14..]));
        if (format is not ({ Tag: Pcm, Bits: 8 or 16 or 24 or 32 } or { Tag: Float, Bits: 32 } or { Tag: ALaw or MuLaw, Bits: 8 }))
            throw new InvalidDataException(
                $"A WAV file must be PCM of 8, 16, 24 or 32 bit, float of 32 bit, µ-law or A-law; this one is {format.Kind} of {format.Bits} bit.");
        if (format.Channels == 0)
            throw new InvalidDataException("The WAV file has no channels.");
        return format.Rate >= Pcmu.SampleRate
            ? format
            : throw new InvalidDataException($"A WAV file must have 8000 samples a second or more; this one has {format.Rate}.");
    }

    /// <summary>The sample at the beginning of some bytes, scaled to 16 bit. PCM of 8 bit is unsigned, all other is signed.</summary>
    public double Sample(ReadOnlySpan<byte> at) => (Tag, Bits) switch
    {
        (MuLaw, _) => Pcmu.Decode(at[0]),
        (ALaw, _) => Pcma.Decode(at[0]),
        (Float, _) => BinaryPrimitives.ReadSingleLittleEndian(at) is var value && float.IsFinite(value) ? value * 32768.0 : 0,
        (_, 8) => (at[0] - 128) * 256,
        (_, 16) => BinaryPrimitives.ReadInt16LittleEndian(at),
        (_, 24) => (at[0] | (at[1] << 8) | ((sbyte)at[2] << 16)) / 256.0,
        _ => BinaryPrimitives.ReadInt32LittleEndian(at) / 65536.0,
    };

    private string Kind => Tag switch
    {
        Pcm => "PCM",
        Float => "float",
        ALaw => "A-law",
        MuLaw => "µ-law",
        Extensible => "an extensible kind of its own",
        _ => $"format {Tag}",
    };
}
