using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Writes frames (<see cref="FrameHeader"/>), pure but for the masks: a message is one frame, never in pieces.
/// </summary>
/// <param name="isClient">Whether frames are masked.</param>
internal sealed class FrameWriter(bool isClient)
{
    private const byte Final = 0x80;

    // Section 5.3: from a strong source, and never the same twice in a row. Asking for a few at once costs what asking for one does.
    private readonly byte[] _masks = isClient ? new byte[32 * FrameMask.KeyBytes] : [];
    private int _used = int.MaxValue;

    /// <summary>Bytes that are enough for a message of so many.</summary>
    public static int Room(int maxBytes) => FrameHeader.MaxLength + maxBytes;

    /// <summary>Writes the message as a frame at the beginning of <paramref name="frame"/>, which has <see cref="Room"/> for it; returns the frame's length.</summary>
    public int Write<TMessage>(TMessage message, Span<byte> frame)
        where TMessage : struct, IWireMessage
    {
        // Written where the payload will most likely be, and moved if its length has another form than was thought.
        var guess = HeaderLength(message.MaxBytes);
        var length = message.Write(frame[guess..]);
        var header = HeaderLength(length);
        if (header != guess)
            frame.Slice(guess, length).CopyTo(frame[header..]);
        return Finish(frame, FrameOpcode.Text, header, length);
    }

    /// <summary>Writes a close, ping or pong with at most <see cref="FrameHeader.MaxControl"/> bytes; returns the frame's length.</summary>
    public int WriteControl(FrameOpcode opcode, ReadOnlySpan<byte> payload, Span<byte> frame)
    {
        var header = HeaderLength(payload.Length);
        payload.CopyTo(frame[header..]);
        return Finish(frame, opcode, header, payload.Length);
    }

    private int Finish(Span<byte> frame, FrameOpcode opcode, int header, int length)
    {
        WriteHeader(frame, opcode, length);
        if (isClient)
            Mask(frame.Slice(header - FrameMask.KeyBytes, FrameMask.KeyBytes), frame.Slice(header, length));
        return header + length;
    }

    private int HeaderLength(int length) => (length < 126 ? 2 : length <= ushort.MaxValue ? 4 : 10) + (isClient ? FrameMask.KeyBytes : 0);

    private void WriteHeader(Span<byte> frame, FrameOpcode opcode, int length)
    {
        var masked = isClient ? 0x80 : 0;
        frame[0] = (byte)(Final | (byte)opcode);
        if (length < 126)
        {
            frame[1] = (byte)(masked | length);
        }
        else if (length <= ushort.MaxValue)
        {
            frame[1] = (byte)(masked | 126);
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)length);
        }
        else
        {
            frame[1] = (byte)(masked | 127);
            BinaryPrimitives.WriteUInt64BigEndian(frame[2..], (ulong)length);
        }
    }

    private void Mask(Span<byte> key, Span<byte> payload)
    {
        if (_used >= _masks.Length)
        {
            RandomNumberGenerator.Fill(_masks);
            _used = 0;
        }

        _masks.AsSpan(_used, FrameMask.KeyBytes).CopyTo(key);
        _used += FrameMask.KeyBytes;
        FrameMask.Apply(key, payload);
    }
}
