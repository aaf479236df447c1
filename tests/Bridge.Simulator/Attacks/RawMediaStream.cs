using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Bridge.Simulator.Faults;

namespace Bridge.Simulator.Attacks;

/// <summary>A media stream whose client sends any bytes for frames, without a framework that would stop it.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "A media stream is what Twilio calls it.")]
public sealed class RawMediaStream : IAsyncDisposable
{
    private const uint Mask = 0x12345678;

    private readonly RawConnection _connection;

    private RawMediaStream(RawConnection connection) => _connection = connection;

    /// <summary>The status of the far end's close frame, once it was read (1005: one without).</summary>
    public int? Closed { get; private set; }

    /// <summary>Below the frames.</summary>
    public RawConnection Connection => _connection;

    /// <summary>Sends a handshake; the stream is null when it was refused, the answer when there was none.</summary>
    public static async Task<(RawAnswer? Answer, RawMediaStream? Stream)> TryOpenAsync(
        RawTarget service, RawRequest handshake, CancellationToken cancellationToken)
    {
        var connection = await RawConnection.OpenAsync(service, cancellationToken);
        await connection.SendAsync(handshake.Bytes(), cancellationToken);
        var answer = await connection.AnswerAsync(cancellationToken);
        if (answer is { Status: 101 })
            return (answer, new RawMediaStream(connection));
        await connection.DisposeAsync();
        return (answer, null);
    }

    /// <summary>A whole text message in one frame.</summary>
    public Task SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        SendAsync(RawFrame.Make(RawFrame.Text, Encoding.UTF8.GetBytes(text), mask: Mask), cancellationToken);

    /// <summary>A frame of any kind, masked as a client must.</summary>
    public Task SendFrameAsync(int opcode, ReadOnlyMemory<byte> payload, bool isLast = true, int reserved = 0, CancellationToken cancellationToken = default) =>
        SendAsync(RawFrame.Make(opcode, payload.Span, isLast, reserved, Mask), cancellationToken);

    /// <summary>Any bytes; false when the far end takes no more.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        try
        {
            await _connection.SendAsync(bytes, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A text message a byte a frame, with something before each further frame if wished: a control frame may stand there.</summary>
    public async Task SendInBytesAsync(string text, byte[]? between = null, CancellationToken cancellationToken = default)
    {
        var all = Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>();
        for (var at = 0; at < all.Length; at++)
            bytes.AddRange([.. at == 0 ? [] : between ?? [], .. RawFrame.Make(at == 0 ? RawFrame.Text : RawFrame.Continuation, all.AsSpan(at, 1), at == all.Length - 1, mask: Mask)]);
        await SendAsync(bytes.ToArray(), cancellationToken);
    }

    /// <summary>The same frame so many times, in pieces of a megabyte at most; false when the far end takes no more.</summary>
    public async Task<bool> FloodAsync(byte[] frame, int times, CancellationToken cancellationToken = default)
    {
        foreach (var some in Enumerable.Repeat(frame, times).Chunk(Math.Max(1, (1 << 20) / frame.Length)))
        {
            if (!await SendAsync(some.SelectMany(one => one).ToArray(), cancellationToken))
                return false;
        }

        return true;
    }

    /// <summary>The next frame; null at the end.</summary>
    public async Task<(int Opcode, byte[] Payload)?> FrameAsync(CancellationToken cancellationToken = default)
    {
        var header = new byte[2];
        if (!await _connection.ReadAsync(header, cancellationToken))
            return null;
        long length = header[1] & 0x7F;
        if (length >= 126)
        {
            var more = new byte[length == 126 ? 2 : 8];
            if (!await _connection.ReadAsync(more, cancellationToken))
                return null;
            length = more.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(more) : BinaryPrimitives.ReadInt64BigEndian(more);
        }

        var payload = new byte[length];
        if (!await _connection.ReadAsync(payload, cancellationToken))
            return null;
        if ((header[0] & 0x0F) == RawFrame.Close)
            Closed = payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
        return (header[0] & 0x0F, payload);
    }

    /// <summary>Reads until the far end ends it: the status of its close frame (1005: one without), or null for none.</summary>
    public async Task<int?> CloseStatusAsync(CancellationToken cancellationToken = default)
    {
        while (Closed is null && await FrameAsync(cancellationToken) is not null)
            continue;
        return Closed;
    }

    /// <summary>Asks for a pong and waits for it: everything that was sent before has been read by then.</summary>
    public async Task<bool> PingAsync(CancellationToken cancellationToken = default)
    {
        await SendFrameAsync(RawFrame.Ping, "here?"u8.ToArray(), cancellationToken: cancellationToken);
        while (await FrameAsync(cancellationToken) is var (opcode, payload))
        {
            if (opcode == RawFrame.Pong && payload.AsSpan().SequenceEqual("here?"u8))
                return true;
        }

        return false;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
