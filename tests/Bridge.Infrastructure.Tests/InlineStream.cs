using System.Threading.Tasks.Sources;

namespace Bridge.Infrastructure.Tests;

/// <summary>
/// A connection in memory that makes no garbage, and whose far end is the test's own thread. Like a network's stream it lets a
/// reader wait; what is given then completes the read, and runs what follows it before <see cref="Give"/> returns, as sockets do
/// whose completions are inlined. What is written is taken at once.
/// </summary>
/// <param name="written">Sees each write; borrowed.</param>
internal sealed class InlineStream(InlineStream.Written written) : Stream, IValueTaskSource<int>
{
    private readonly Lock _gate = new();
    private readonly byte[] _given = new byte[16 * 1024];
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _wanted;
    private int _from;
    private int _to;
    private bool _isAwaited;
    private bool _isOver;

    internal delegate void Written(ReadOnlySpan<byte> bytes);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The far end sends.</summary>
    public void Give(ReadOnlySpan<byte> bytes)
    {
        int read;
        lock (_gate)
        {
            if (_from == _to)
                (_from, _to) = (0, 0);
            bytes.CopyTo(_given.AsSpan(_to));
            _to += bytes.Length;
            if (!_isAwaited)
                return;
            _isAwaited = false;
            read = Take(_wanted);
        }

        _read.SetResult(read);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            // A read of nothing waits, too, until there is something.
            if (_from < _to || _isOver)
                return new ValueTask<int>(Take(buffer));
            _read.Reset();
            (_wanted, _isAwaited) = (buffer, true);
            return new ValueTask<int>(this, _read.Version);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        written(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => written(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    /// <summary>Who waits is told that the connection is over.</summary>
    protected override void Dispose(bool disposing)
    {
        var wasAwaited = false;
        lock (_gate)
            (wasAwaited, _isAwaited, _isOver) = (_isAwaited, false, true);
        if (wasAwaited)
            _read.SetResult(0);
        base.Dispose(disposing);
    }

    private int Take(Memory<byte> buffer)
    {
        var length = Math.Min(buffer.Length, _to - _from);
        _given.AsSpan(_from, length).CopyTo(buffer.Span);
        _from += length;
        return length;
    }
}
