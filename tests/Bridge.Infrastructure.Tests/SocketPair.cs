using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>Two real WebSockets joined by memory: ours, and the far end, which a test plays.</summary>
internal sealed class SocketPair : IDisposable
{
    /// <summary>How long a test waits for what must happen at once, before it says that it did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Pipe _toFar;
    private readonly Pipe _toNear;
    private readonly TaskCompletionSource _farHasSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _farSent;
    private int _farSentAwaited = -1;

    /// <param name="room">Bytes that fit on the way to the far end while it does not read; after that a send waits.</param>
    /// <param name="keepAlive">How often our side asks whether the far end lives, and how long it waits for the answer; null: it does not ask.</param>
    public SocketPair(int room = 1 << 20, TimeSpan? keepAlive = null)
    {
        _toFar = new Pipe(new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: room / 2, useSynchronizationContext: false));
        _toNear = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 22, useSynchronizationContext: false));
        Connection = new FramedStream(new DuplexStream(_toNear.Reader.AsStream(), _toFar.Writer.AsStream()), isClient: false);
        Near = WebSocket.CreateFromStream(Connection, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = keepAlive ?? TimeSpan.Zero, KeepAliveTimeout = keepAlive ?? TimeSpan.Zero });
        Far = WebSocket.CreateFromStream(new DuplexStream(_toFar.Reader.AsStream(), _toNear.Writer.AsStream()), new WebSocketCreationOptions());
    }

    public WebSocket Near { get; }

    /// <summary>What <see cref="Near"/> writes to.</summary>
    public FramedStream Connection { get; }

    public WebSocket Far { get; }

    public Task FarSendsAsync(string text, bool end = true) =>
        Far.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, end, CancellationToken.None).WaitAsync(Patience);

    /// <summary>Bytes as they go over the wire, frames or not.</summary>
    public Task FarSendsRawAsync(byte[] bytes) => _toNear.Writer.WriteAsync(bytes).AsTask().WaitAsync(Patience);

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

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token, cancellationToken);
            try
            {
                return await input.ReadAsync(buffer, either.Token);
            }
            catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
            {
                throw new IOException("disposed");
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var either = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token, cancellationToken);
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
