using System.Buffers;
using System.Buffers.Text;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>The audio in a message: found by its name, decoded where it stands. No document is made of it, for there are forty thousand a second.</summary>
internal static class AudioText
{
    /// <summary>The bytes of the base64 string that follows <paramref name="name"/> (<c>"audio":"</c>, say); empty when there is none, or it is none.</summary>
    public static Span<byte> Decode(Span<byte> utf8, ReadOnlySpan<byte> name)
    {
        var at = utf8.IndexOf(name);
        if (at < 0)
            return default;
        var text = utf8[(at + name.Length)..];
        var end = text.IndexOf((byte)'"');
        return end > 0 && Base64.DecodeFromUtf8InPlace(text[..end], out var written) == OperationStatus.Done ? text[..written] : default;
    }

    /// <summary>The plain string that follows a name; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> name)
    {
        var at = utf8.IndexOf(name);
        if (at < 0)
            return default;
        var text = utf8[(at + name.Length)..];
        var end = text.IndexOf((byte)'"');
        return end > 0 ? text[..end] : default;
    }
}
