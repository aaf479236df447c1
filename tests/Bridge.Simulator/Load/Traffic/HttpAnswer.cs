using System.Globalization;
using System.Text;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>An answer of HTTP/1.1 with a Content-Length, or one that upgrades: more is not needed here.</summary>
/// <param name="Status">The code.</param>
/// <param name="Body">The text; empty for 101.</param>
/// <param name="Length">Bytes of all of it.</param>
internal sealed record HttpAnswer(int Status, string Body, int Length)
{
    private const string LengthName = "\r\nContent-Length:";

    /// <summary>Reads it if it is whole; else null.</summary>
    public static HttpAnswer? Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return null;
        var head = Encoding.ASCII.GetString(bytes[..(end + 2)]);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var at = head.IndexOf(LengthName, StringComparison.OrdinalIgnoreCase);
        var length = 0;
        if (at >= 0)
        {
            var text = head[(at + LengthName.Length)..];
            length = int.Parse(text[..text.IndexOf('\r', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        }

        var whole = end + 4 + length;
        return bytes.Length < whole ? null : new HttpAnswer(status, Encoding.UTF8.GetString(bytes.Slice(end + 4, length)), whole);
    }
}
