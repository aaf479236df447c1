using System.Buffers.Binary;

namespace Bridge.Api.Middleware;

/// <summary>
/// Counts the WebSocket frames that begin in a run of bytes, wherever the run is cut. RFC 6455, section 5.2: two bytes, the length in
/// none, two or eight more, and four of mask.
/// </summary>
internal sealed class FrameCounter
{
    private readonly byte[] _header = new byte[14];
    private int _read;
    private ulong _payload;

    /// <summary>The frames whose header ends in these bytes, which follow those of the call before.</summary>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        var frames = 0;
        while (!bytes.IsEmpty)
        {
            if (_payload > 0)
            {
                var skipped = (int)Math.Min(_payload, (ulong)bytes.Length);
                _payload -= (ulong)skipped;
                bytes = bytes[skipped..];
                continue;
            }

            var taken = Math.Min(HeaderLength - _read, bytes.Length);
            bytes[..taken].CopyTo(_header.AsSpan(_read));
            _read += taken;
            bytes = bytes[taken..];
            if (_read < 2 || _read < HeaderLength)
                continue;
            _payload = (_header[1] & 0x7F) switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
                127 => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2)),
                var length => (ulong)length,
            };
            _read = 0;
            frames++;
        }

        return frames;
    }

    /// <summary>As far as it is known: the second byte says.</summary>
    private int HeaderLength => _read < 2 ? 2 : 2 + ((_header[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 }) + ((_header[1] & 0x80) != 0 ? 4 : 0);
}
