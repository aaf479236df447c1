using System.Net;
using System.Net.Sockets;

namespace Bridge.Simulator.Faults;

/// <summary>
/// A TCP proxy on the loopback interface with faults in each direction, in Toxiproxy's words, that can be changed while it runs. It has
/// small buffers: who sends too much feels it soon.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    internal const int BufferBytes = 1024;

    private readonly Lock _gate = new();
    private readonly List<ProxyConnection> _connections = [];
    private readonly List<Task> _running = [];
    private readonly Waiters _waiters = new();
    private readonly int _target;
    private readonly TimeProvider _clock;
    private Socket? _listener;
    private int _accepted;
    private bool _isDisposed;

    private FaultProxy(int target, TimeProvider clock)
    {
        (_target, _clock) = (target, clock);
        Up = new FaultDirection(Added, _waiters.Pulse);
        Down = new FaultDirection(Added, _waiters.Pulse);
        Open(0);
    }

    /// <summary>From the client to the server.</summary>
    public FaultDirection Up { get; }

    /// <summary>From the server to the client.</summary>
    public FaultDirection Down { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; private set; }

    /// <summary>Connections of clients that are open now.</summary>
    public int OpenConnections
    {
        get
        {
            lock (_gate)
                return _connections.Count;
        }
    }

    /// <summary>Connections of clients in all.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Starts a proxy in front of a port of this machine; toxics take their time from the clock.</summary>
    public static Task<FaultProxy> StartAsync(int targetPort, TimeProvider? clock = null) =>
        Task.FromResult(new FaultProxy(targetPort, clock ?? TimeProvider.System));

    /// <summary>An address of the server, through the proxy.</summary>
    public Uri Url(Uri original) => new UriBuilder(original) { Host = "127.0.0.1", Port = Port }.Uri;

    /// <summary>From now on nothing is wrong in either direction, and new connections are taken.</summary>
    public void Clear()
    {
        Up.Clear();
        Down.Clear();
        Listen();
    }

    /// <summary>New connections are refused; open ones live.</summary>
    public void StopListening()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Takes connections again, at the same port.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            if (_listener is null)
                Open(Port);
        }
    }

    /// <summary>Resets every open connection, at both ends.</summary>
    public void ResetAll()
    {
        foreach (var connection in Connections())
            connection.Reset();
    }

    /// <summary>Waits until a condition holds; it is asked again when a connection comes or goes and whenever bytes were passed on.</summary>
    public Task WaitUntilAsync(Func<FaultProxy, bool> condition, CancellationToken cancellationToken = default) =>
        _waiters.WaitUntilAsync(() => condition(this), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        StopListening();
        Task[] running;
        lock (_gate)
        {
            _isDisposed = true;
            running = [.. _running];
        }

        ResetAll();
        await Task.WhenAll(running);
    }

    private void Open(int port)
    {
        _listener = TightSocket.Listen(new IPEndPoint(IPAddress.Loopback, port), BufferBytes);
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _running.Add(AcceptAsync(_listener));
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = new ProxyConnection(this, client, _clock);
            lock (_gate)
            {
                if (_isDisposed)
                {
                    client.Dispose();
                    return;
                }

                _connections.Add(connection);
                _running.RemoveAll(static task => task.IsCompleted);
                _running.Add(RunAsync(connection));
            }

            Interlocked.Increment(ref _accepted);
            _waiters.Pulse();
        }
    }

    private async Task RunAsync(ProxyConnection connection)
    {
        await Task.Yield();
        await connection.RunAsync(_target);
        lock (_gate)
            _connections.Remove(connection);
        _waiters.Pulse();
    }

    private ProxyConnection[] Connections()
    {
        lock (_gate)
            return [.. _connections];
    }

    private void Added(FaultDirection direction, Toxic toxic)
    {
        foreach (var connection in Connections())
            connection.Apply(direction, toxic);
    }
}
