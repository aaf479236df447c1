using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Unicode;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>Why a side closes (RFC 6455, section 5.5.1).</summary>
/// <param name="Status">1005 (<see cref="WebSocketCloseStatus.Empty"/>) when it does not say.</param>
/// <param name="Words">For a reader; may be empty.</param>
internal sealed record CloseFrame(int Status, string Words)
{
    private static readonly CloseFrame Empty = new((int)WebSocketCloseStatus.Empty, "");

    /// <summary>Reads a close frame's payload; null when it breaks the RFC, and <paramref name="isText"/> says whether it is the words that do.</summary>
    public static CloseFrame? Read(ReadOnlySpan<byte> payload, out bool isText)
    {
        isText = false;
        if (payload.IsEmpty)
            return Empty;
        if (payload.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(payload) is var status && !MayBeSent(status))
            return null;
        isText = !Utf8.IsValid(payload[2..]);
        return isText ? null : new CloseFrame(status, Encoding.UTF8.GetString(payload[2..]));
    }

    /// <summary>Section 7.4: 1004 means nothing, 1005 and 1006 say that there was no frame; 1012 to 1014 were registered later; from 3000 on they are others'.</summary>
    private static bool MayBeSent(int status) => status is (>= 1000 and <= 1014 and not (1004 or 1005 or 1006)) or (>= 3000 and < 5000);
}
