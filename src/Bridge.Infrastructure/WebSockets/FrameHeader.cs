using System.Buffers.Binary;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>What a frame is (RFC 6455, section 5.2).</summary>
internal enum FrameOpcode : byte
{
    /// <summary>More of the message under way; also: there is none.</summary>
    Continuation = 0x0,

    /// <summary>A message, or its first piece, that is UTF-8.</summary>
    Text = 0x1,

    /// <summary>A message, or its first piece, that is not.</summary>
    Binary = 0x2,

    /// <summary>The sender says no more.</summary>
    Close = 0x8,

    /// <summary>Asks for a <see cref="Pong"/>.</summary>
    Ping = 0x9,

    /// <summary>Answers a <see cref="Ping"/>, or comes unasked.</summary>
    Pong = 0xA,
}

/// <summary>
/// What stands before a payload. RFC 6455, section 5.2:
/// <c>FIN, three reserved bits, opcode | masked, length 7 bits | length 16 or 64 bits when 126 or 127 | masking key | payload</c>.
/// </summary>
/// <param name="Opcode">What it is.</param>
/// <param name="IsFinal">Whether the message ends with it.</param>
/// <param name="Length">Of the header, in bytes; the masking key, if there is one, is the last four of them.</param>
/// <param name="PayloadLength">Bytes that follow it.</param>
internal readonly record struct FrameHeader(FrameOpcode Opcode, bool IsFinal, int Length, long PayloadLength)
{
    /// <summary>The longest header.</summary>
    public const int MaxLength = 14;

    /// <summary>The longest payload of a control frame (section 5.5).</summary>
    public const int MaxControl = 125;

    private const int Reserved = 0x70;

    /// <summary>Close, ping and pong: they may stand between the pieces of a message, and are never in pieces themselves.</summary>
    public bool IsControl => Opcode >= FrameOpcode.Close;

    /// <summary>
    /// Reads the header at the beginning of <paramref name="bytes"/>. Null: there is not all of it yet, or it <paramref name="isBroken"/>,
    /// that is, breaks the RFC: a reserved bit (no extension was agreed on), an opcode that means nothing, a control frame that is too long
    /// or in pieces, a length over 2^63, or a mask that is there or missing against the rule.
    /// </summary>
    public static FrameHeader? Read(ReadOnlySpan<byte> bytes, bool isMasked, out bool isBroken)
    {
        isBroken = false;
        if (bytes.Length < 2)
            return null;
        var opcode = (FrameOpcode)(bytes[0] & 0x0F);
        var isFinal = (bytes[0] & 0x80) != 0;
        var form = bytes[1] & 0x7F;
        var isControl = opcode >= FrameOpcode.Close;
        isBroken = (bytes[0] & Reserved) != 0
            || opcode is not (FrameOpcode.Continuation or FrameOpcode.Text or FrameOpcode.Binary or FrameOpcode.Close or FrameOpcode.Ping or FrameOpcode.Pong)
            || (bytes[1] & 0x80) != 0 != isMasked
            || (isControl && (!isFinal || form > MaxControl));
        var length = 2 + (form switch { 126 => 2, 127 => 8, _ => 0 }) + (isMasked ? FrameMask.KeyBytes : 0);
        if (isBroken || bytes.Length < length)
            return null;
        var payload = form switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => form,
        };
        isBroken = payload < 0;
        return isBroken ? null : new FrameHeader(opcode, isFinal, length, payload);
    }
}
