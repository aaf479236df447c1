using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>Writes the pieces a wire message is made of, one after the other, into a buffer known to be large enough.</summary>
internal ref struct WireText(Span<byte> buffer)
{
    /// <summary>What ids are made of: none of it needs an escape.</summary>
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that <paramref name="pcmu"/> needs as base64.</summary>
    public static int Base64Length(int pcmu) => Base64.GetMaxEncodedToUtf8Length(pcmu);

    /// <summary>UTF-8 as it stands.</summary>
    public void Raw(scoped ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(_buffer[Length..]);
        Length += utf8.Length;
    }

    /// <summary>Bytes as base64.</summary>
    public void Audio(scoped ReadOnlySpan<byte> pcmu)
    {
        Base64.EncodeToUtf8(pcmu, _buffer[Length..], out _, out var written);
        Length += written;
    }

    /// <summary>A whole number.</summary>
    public void Number(int value)
    {
        Utf8Formatter.TryFormat(value, _buffer[Length..], out var written);
        Length += written;
    }

    /// <summary>Bytes that <paramref name="text"/> needs at the most as the inside of a JSON string.</summary>
    public static int JsonLength(string text) => Encoding.UTF8.GetMaxByteCount(text.Length) * 6;

    /// <summary>Text as the inside of a JSON string, escaped.</summary>
    public void Json(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(IdCharacters) < 0)
            Length += Encoding.UTF8.GetBytes(text, _buffer[Length..]);
        else
            Raw(JsonEncodedText.Encode(text).EncodedUtf8Bytes);
    }

    /// <summary>Room for a piece that writes itself; <see cref="Advance"/> says how much it wrote.</summary>
    public readonly Span<byte> Rest => _buffer[Length..];

    /// <summary>A piece wrote itself into <see cref="Rest"/>.</summary>
    public void Advance(int written) => Length += written;
}
