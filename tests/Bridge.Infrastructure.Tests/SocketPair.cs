using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;

namespace Bridge.Infrastructure.Tests;

/// <summary>A connection in memory: our end of it, over which our own protocol runs, and at the far end the runtime's WebSocket, which a test plays.</summary>
internal sealed class SocketPair : IDisposable
{
    /// <summary>How long a test waits for what must happen at once, before it says that it did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Pipe _toFar;
    private readonly Pipe _toNear;
    private readonly DuplexStream _near;
    private readonly DuplexStream _far;
    private readonly TaskCompletionSource _farHasSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _farSent;
    private int _farSentAwaited = -1;

    /// <param name="room">Bytes that fit on the way to the far end while it does not read; after that a send waits.</param>
    /// <param name="isClient">Whether our end is the client's.</param>
    public SocketPair(int room = 1 << 20, bool isClient = false)
    {
        _toFar = new Pipe(new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: room / 2, useSynchronizationContext: false));
        _toNear = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 22, useSynchronizationContext: false));
        _near = new DuplexStream(_toNear.Reader.AsStream(), _toFar.Writer.AsStream());
        _far = new DuplexStream(_toFar.Reader.AsStream(), _toNear.Writer.AsStream());
        Far = WebSocket.CreateFromStream(_far, new WebSocketCreationOptions { IsServer = isClient });
    }

    public Stream Near => _near;

    public WebSocket Far { get; }

    public Task FarSendsAsync(string text, bool end = true) =>
        Far.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, end, CancellationToken.None).WaitAsync(Patience);

    /// <summary>Bytes as they go over the wire, frames or not.</summary>
    public Task FarSendsRawAsync(byte[] bytes) => _far.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <summary>Takes what the far end sent before our side reads it: frames, as bytes.</summary>
    public async Task<byte[]> TakeWhatFarSentAsync()
    {
        var read = await _toNear.Reader.ReadAsync();
        var bytes = read.Buffer.ToArray();
        _toNear.Reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    /// <summary>So many bytes as they came to the far end.</summary>
    public async Task<byte[]> FarGotRawAsync(int bytes)
    {
        var read = await _toFar.Reader.ReadAtLeastAsync(bytes).AsTask().WaitAsync(Patience);
        var got = read.Buffer.Slice(0, bytes).ToArray();
        _toFar.Reader.AdvanceTo(read.Buffer.GetPosition(bytes));
        return got;
    }

    /// <summary>Returns when our side has read all that the far end sent, and reads on.</summary>
    public Task FarHasBeenReadAsync() => _near.HasReadAsync(_far.Written).WaitAsync(Patience);

    /// <summary>The next whole text the far end gets; null for a close.</summary>
    public async Task<string?> FarReceivesAsync()
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, length * 2);
            var result = await Far.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(Patience);
            if (result.MessageType == WebSocketMessageType.Close)
                return null;
            length += result.Count;
            if (result.EndOfMessage)
                return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    /// <summary>
    /// The far end sends whole messages without a pause; sees our close, says what it was about to say all the same, and
    /// answers. Completes when it has.
    /// </summary>
    public Task FarStreamsUntilClosedAsync(string message, int stopAfterClose) => Task.Run(async () =>
    {
        var closed = FarReceivesAsync();
        for (var left = stopAfterClose; left > 0; left -= closed.IsCompleted ? 1 : 0)
        {
            await FarSendsAsync(message);
            if (Interlocked.Increment(ref _farSent) == Volatile.Read(ref _farSentAwaited))
                _farHasSent.TrySetResult();
            await Task.Yield();
        }

        Assert.That(await closed, Is.Null);
        await FarClosesAsync();
    });

    /// <summary>Returns when a streaming far end has sent so many messages.</summary>
    public Task FarSentAsync(int messages)
    {
        Interlocked.Exchange(ref _farSentAwaited, messages);
        if (Volatile.Read(ref _farSent) >= messages)
            _farHasSent.TrySetResult();
        return _farHasSent.Task.WaitAsync(Patience);
    }

    /// <summary>The far end answers a close, or starts one.</summary>
    public Task FarClosesAsync(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure) => Far.CloseOutputAsync(status, "bye", CancellationToken.None).WaitAsync(Patience);

    /// <summary>The connection is gone, without a goodbye.</summary>
    public void Break()
    {
        _toNear.Writer.Complete(new IOException("reset"));
        _toFar.Reader.Complete(new IOException("reset"));
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }

    /// <summary>Like a network's stream, and unlike a pipe's: disposing it ends what is pending.</summary>
    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        private readonly CancellationTokenSource _disposed = new();
        private readonly Lock _gate = new();
        private (long Bytes, TaskCompletionSource Seen) _awaited;
        private long _written;
        private long _read;
        private bool _isReading;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        /// <summary>Bytes.</summary>
        public long Written => Interlocked.Read(ref _written);

        /// <summary>Returns when so many bytes were read in all, and more are waited for.</summary>
        public Task HasReadAsync(long bytes)
        {
            lock (_gate)
                _awaited = (bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Look();
            return _awaited.Seen.Task;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token, cancellationToken);
            try
            {
                var reading = input.ReadAsync(buffer, either.Token);
                _isReading = !reading.IsCompleted;
                Look();
                var read = await reading;
                lock (_gate)
                    (_isReading, _read) = (false, _read + read);
                return read;
            }
            catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
            {
                throw new IOException("disposed");
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var either = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token, cancellationToken);
            Interlocked.Add(ref _written, buffer.Length);
            var write = output.WriteAsync(buffer, either.Token);
            if (!write.IsCompletedSuccessfully)
                return FinishAsync(write, either);
            either.Dispose();
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _disposed.Cancel();
                input.Dispose();
                output.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Look()
        {
            lock (_gate)
            {
                if (_isReading && _read == _awaited.Bytes)
                    _awaited.Seen?.TrySetResult();
            }
        }

        private async ValueTask FinishAsync(ValueTask write, CancellationTokenSource either)
        {
            using (either)
            {
                try
                {
                    await write;
                }
                catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
                {
                    throw new IOException("disposed");
                }
            }
        }
    }
}
