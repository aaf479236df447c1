using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Bridge.Infrastructure.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Api.Transport;

/// <summary>
/// One connection: two pipes for the web server, and the socket itself for whoever takes it over. Whichever has it, an abort ends it.
/// </summary>
internal sealed class SocketConnection
    : ConnectionContext, ISocketTakeover, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature, IConnectionSocketFeature, IMemoryPoolFeature
{
    /// <summary>Ours and Kestrel's own.</summary>
    private const int FeaturesThereWillBe = 13;

    private static long _lastId = DateTime.UtcNow.Ticks;

    private readonly Lock _gate = new();
    private readonly SocketStream _stream;
    private readonly PipePair _pipes;
    private readonly SocketLoops _loops;
    private readonly CancellationTokenSource _takeOver = new();
    private readonly CancellationTokenSource _closed = new();
    private Task<bool> _receiving = Task.FromResult(false);
    private Task<bool> _sending = Task.FromResult(false);
    private Task? _closing;
    private Exception? _whyShut;
    private bool _isTakenOver;

    /// <param name="socket">Connected; disposed with this.</param>
    /// <param name="memory">Where the pipes' blocks come from; the web server takes some, too.</param>
    /// <param name="pipes">Of this connection alone.</param>
    /// <exception cref="IOException">It is connected no more.</exception>
    public SocketConnection(Socket socket, MemoryPool<byte> memory, PipePair pipes)
    {
        (Socket, MemoryPool, _pipes, Transport) = (socket, memory, pipes, pipes);
        (LocalEndPoint, RemoteEndPoint, ConnectionClosed) = (socket.LocalEndPoint, socket.RemoteEndPoint, _closed.Token);
        _stream = new SocketStream(socket);
        _loops = new SocketLoops(socket, _stream, pipes);
        Features.Set<ISocketTakeover>(this);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
    }

    public Socket Socket { get; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>The pipes; or what a middleware has put in their place.</summary>
    public override IDuplexPipe Transport { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection(FeaturesThereWillBe);

    public override string ConnectionId
    {
        get => field ??= Interlocked.Increment(ref _lastId).ToString("X", CultureInfo.InvariantCulture);
        set;
    }

    public override IDictionary<object, object?> Items
    {
        get => field ??= new ConnectionItems();
        set;
    }

    /// <summary>Begins to receive and to send.</summary>
    public void Start() => (_receiving, _sending) = (ReceiveAsync(), SendAsync());

    public async ValueTask<Stream?> TakeOverAsync()
    {
        // With TLS between, the socket's bytes are not what the web server reads.
        if (!ReferenceEquals(Transport, _pipes) || _takeOver.IsCancellationRequested)
            return null;
        await _takeOver.CancelAsync();
        _pipes.Received.CancelPendingFlush();
        if (!await _receiving)
            return null;
        _loops.SendNoMore();
        if (!await _sending || !TryTake())
        {
            await EndInputAsync(null);
            return null;
        }

        Stream taken = _stream;
        if (_pipes.Input.TryRead(out var read))
        {
            taken = _stream.PrecededBy(read.Buffer.ToArray());
            _pipes.Input.AdvanceTo(read.Buffer.End);
        }

        // The last byte was perhaps received by the thread that receives all of them.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return taken;
    }

    /// <summary>A reset, as Kestrel's own transport has it: the far end must not take this for an end.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        Shut(abortReason);
        // It may wait for something to send, and would not see the socket go.
        _pipes.ToSend.CancelPendingRead();
        if (_isTakenOver)
            _ = CloseAsync();
    }

    /// <summary>The web server has done with it.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _pipes.Input.CompleteAsync();
        await _pipes.Output.CompleteAsync();
        await _receiving;
        await _sending;
        Shut(null);
        await _pipes.Received.CompleteAsync();
        await _pipes.ToSend.CompleteAsync();
        await CloseAsync();
        _takeOver.Dispose();
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private bool TryTake()
    {
        lock (_gate)
            return _isTakenOver = _whyShut is null;
    }

    private async Task<bool> ReceiveAsync()
    {
        Exception? fault = null;
        try
        {
            if (await _loops.ReceiveAsync(_takeOver.Token))
                return true;
        }
        catch (Exception e)
        {
            fault = SocketLoops.Explain(e);
        }

        await EndInputAsync(fault);
        return false;
    }

    private async Task<bool> SendAsync()
    {
        Exception? fault = null;
        try
        {
            if (await _loops.SendAsync())
                return true;
        }
        catch (Exception e)
        {
            fault = SocketLoops.Explain(e);
        }

        Shut(fault);
        await _pipes.ToSend.CompleteAsync();
        // Who receives may wait for a reader that is gone.
        _pipes.Received.CancelPendingFlush();
        return false;
    }

    private async Task EndInputAsync(Exception? fault)
    {
        await _pipes.Received.CompleteAsync(_whyShut ?? fault);
        await CloseAsync();
    }

    /// <summary>Once, and on the pool: what waits for the end of a connection is the web server's, and the calls'.</summary>
    private Task CloseAsync()
    {
        lock (_gate)
            return _closing ??= FireAsync();
    }

    private async Task FireAsync()
    {
        try
        {
            await _closed.CancelAsync();
        }
        catch (AggregateException)
        {
            // A fault of whoever waited for it.
        }
    }

    /// <param name="fault">Why it is broken off; null when all was sent.</param>
    private void Shut(Exception? fault)
    {
        lock (_gate)
        {
            if (_whyShut is not null)
                return;
            _whyShut = fault ?? new ConnectionAbortedException("All was sent.");
            if (fault is null)
                _stream.Dispose();
            else
                _stream.Abort();
        }
    }
}
