namespace Bridge.Infrastructure.Tests;

/// <summary>
/// A connection in memory that makes no garbage and never waits: hands out messages, each a frame, until they are used up, takes
/// whatever is sent, and then is quiet until it is closed.
/// </summary>
/// <param name="next">Writes the next message into the buffer and returns its length; null when there is none.</param>
/// <param name="isClient">Whether the far end, whose messages these are, is the client.</param>
/// <param name="goesOn">Waited for after the first message; null: nothing is.</param>
internal sealed class LoopSocket(LoopSocket.Next next, bool isClient, Task? goesOn = null) : Stream
{
    private readonly TaskCompletionSource _close = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _message = new byte[1024];
    private bool _hasBegun;
    private bool _hasSaidGoodbye;

    internal delegate int? Next(Span<byte> buffer);

    /// <summary>Writes.</summary>
    public long Sent { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_hasBegun && goesOn is { IsCompleted: false })
            return new ValueTask<int>(GoOnAsync(buffer));
        _hasBegun = true;
        return Message(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Sent++;
        return ValueTask.CompletedTask;
    }

    /// <summary>The far end says goodbye.</summary>
    public void Closes() => _close.TrySetResult();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Sent++;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>What is pending ends.</summary>
    protected override void Dispose(bool disposing)
    {
        Closes();
        base.Dispose(disposing);
    }

    private ValueTask<int> Message(Memory<byte> buffer) =>
        next(_message) is { } length
            ? new ValueTask<int>(RawFrame.Write(buffer.Span, RawFrame.Text, _message.AsSpan(0, length), isClient))
            : new ValueTask<int>(GoodbyeAsync(buffer));

    private async Task<int> GoOnAsync(Memory<byte> buffer)
    {
        await goesOn!;
        return await Message(buffer);
    }

    private async Task<int> GoodbyeAsync(Memory<byte> buffer)
    {
        await _close.Task;
        if (_hasSaidGoodbye)
            return 0;
        _hasSaidGoodbye = true;
        return RawFrame.Write(buffer.Span, RawFrame.Close, [0x03, 0xE8], isClient);
    }
}
