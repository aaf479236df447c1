namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>
/// A connection whose far end says one message after another, in frames and reads of any size, and never waits: when there is no more,
/// the far end has closed.
/// </summary>
/// <param name="random">What is by chance.</param>
/// <param name="isClient">Whether the far end is the client.</param>
internal sealed class FuzzSocket(Random random, bool isClient) : MemoryStream
{
    private const byte Final = 0x80;
    private const byte Text = 1;
    private const byte Binary = 2;

    private readonly MemoryStream _said = new();
    private bool _hasClosed;

    /// <summary>Our own close frame came, or the connection was disposed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>None is binary.</summary>
    public bool IsTextOnly { get; init; }

    /// <summary>One more message; a few are binary.</summary>
    public void Brings(byte[] message)
    {
        var opcode = !IsTextOnly && random.Next(200) == 0 ? Binary : Text;
        var (from, isLast) = (0, false);
        while (!isLast)
        {
            // Whole most of the time; else any piece, also one without a byte.
            var piece = random.Next(4) == 0 ? random.Next(message.Length - from + 1) : message.Length - from;
            isLast = from + piece == message.Length;
            Frame((byte)((isLast ? Final : 0) | opcode), message.AsSpan(from, piece));
            (from, opcode) = (from + piece, 0);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_said.Position == _said.Length && !_hasClosed)
        {
            Frame(RawFrame.Close, [0x03, 0xE9]);
            _hasClosed = true;
        }

        var most = random.Next(4) == 0 ? random.Next(1, buffer.Length + 1) : buffer.Length;
        return new(_said.Read(buffer.Span[..most]));
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        IsClosed |= buffer.Span[0] == RawFrame.Close;
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        base.Dispose(disposing);
    }

    private void Frame(byte kind, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[payload.Length + 16];
        var at = _said.Position;
        _said.Position = _said.Length;
        _said.Write(frame, 0, RawFrame.Write(frame, kind, payload, isClient));
        _said.Position = at;
    }
}
