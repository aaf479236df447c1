using System.Buffers;
using System.Buffers.Text;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>Decodes the base64 text of a JSON string where it stands, so that audio is never copied.</summary>
internal static class Base64InPlace
{
    /// <summary>Decodes <paramref name="text"/>, the raw bytes between a JSON string's quotes; false when they are not base64.</summary>
    public static bool TryDecode(Memory<byte> text, bool escaped, out Memory<byte> decoded)
    {
        decoded = default;
        var length = escaped ? Unescape(text.Span) : text.Length;
        if (length < 0)
            return false;
        if (Base64.DecodeFromUtf8InPlace(text.Span[..length], out var written) != OperationStatus.Done)
            return false;
        decoded = text[..written];
        return true;
    }

    /// <summary>Base64's only characters that JSON writers escape are / and +; anything else escaped is no base64, and -1.</summary>
    private static int Unescape(Span<byte> text)
    {
        var to = 0;
        for (var from = 0; from < text.Length; from++)
        {
            if (text[from] != '\\')
            {
                text[to++] = text[from];
                continue;
            }

            var rest = text[(from + 1)..];
            if (rest.StartsWith("/"u8))
            {
                text[to++] = (byte)'/';
                from++;
            }
            else if (rest.Length >= 5 && rest[0] == 'u' && Utf8Parser.TryParse(rest.Slice(1, 4), out ushort code, out var used, 'x') && used == 4 && code < 0x80)
            {
                text[to++] = (byte)code;
                from += 5;
            }
            else
            {
                return -1;
            }
        }

        return to;
    }
}
