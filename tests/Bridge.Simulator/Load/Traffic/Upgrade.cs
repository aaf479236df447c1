using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>The server's half of a WebSocket's handshake (RFC 6455 §4.2.2).</summary>
internal static class Upgrade
{
    private const string Name = "\r\nsec-websocket-key:";

    /// <summary>The answer to a request.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1.")]
    public static byte[] Accept(ReadOnlySpan<byte> request)
    {
        var text = Encoding.ASCII.GetString(request);
        var at = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            throw new InvalidDataException("A request without Sec-WebSocket-Key.");
        var rest = text[(at + Name.Length)..];
        var end = rest.IndexOf('\r', StringComparison.Ordinal);
        var key = (end < 0 ? rest : rest[..end]).Trim();
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        return Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
    }
}
