using System.Buffers.Binary;

namespace Bridge.Simulator;

/// <summary>
/// The bytes below a WebSocket of .NET, which sends no pings when asked and hides the pongs. Here a ping can be sent, and the pong comes
/// up as a text message (<see cref="Answer"/>): in order, behind all that the far end had written before it. A far end that handles one
/// message before it reads the next thereby proves that it has handled everything sent before the ping.
/// </summary>
internal sealed class FrameStream(Stream inner, bool isClient) : AsyncStream
{
    /// <summary>What a pong reads like; no message of either protocol does.</summary>
    public const string Answer = "\u0016";

    private const byte TextFrame = 0x1;
    private const byte PongFrame = 0xA;

    // FIN and ping, one byte of payload. A client must mask; a mask of zeros leaves the byte as it is.
    private static readonly byte[] ServerPing = [0x89, 1, (byte)Answer[0]];
    private static readonly byte[] ClientPing = [0x89, 0x81, 0, 0, 0, 0, (byte)Answer[0]];

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _left;
    private int _pings;
    private bool _framed = !isClient;

    /// <summary>The handshake is over: from here on frames are read. (A server's stream begins there.)</summary>
    public void Begin() => _framed = true;

    public async Task PingAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pings);
        await WriteAsync(isClient ? ClientPing : ServerPing, cancellationToken);
        await FlushAsync(cancellationToken);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_framed)
            return await inner.ReadAsync(buffer, cancellationToken);
        while (true)
        {
            if (_left == 0)
                BeginFrame();
            var count = (int)Math.Min(Math.Min(_left, _end - _start), buffer.Length);
            if (count > 0)
            {
                _buffer.AsMemory(_start, count).CopyTo(buffer);
                (_start, _left) = (_start + count, _left - count);
                return count;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                return 0;
            _end += read;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A WebSocket writes a frame at a time, so between two writes there is room for another.
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await inner.WriteAsync(buffer, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    // Nothing of a frame is passed on before its header is here whole. A pong without payload is a keep-alive of the far end's own.
    private void BeginFrame()
    {
        var header = _buffer.AsSpan(_start, _end - _start);
        if (header.Length < 2)
            return;
        var length = header[1] & 0x7F;
        var size = 2 + (length switch { 126 => 2, 127 => 8, _ => 0 });
        if (header.Length < size)
            return;
        long payload = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(header[2..]),
            _ => length,
        };
        _left = size + ((header[1] & 0x80) != 0 ? 4 : 0) + payload;
        if ((header[0] & 0x0F) != PongFrame || payload == 0 || Volatile.Read(ref _pings) == 0)
            return;
        Interlocked.Decrement(ref _pings);
        header[0] = (byte)((header[0] & 0xF0) | TextFrame);
    }
}
