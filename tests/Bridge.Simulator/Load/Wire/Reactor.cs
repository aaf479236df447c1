using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Bridge.Simulator.Load.Wire;

/// <summary>Something that a reactor calls when its socket is ready.</summary>
internal interface IReady
{
    void Ready(uint events);
}

/// <summary>Something that has an appointment.</summary>
internal interface IPunctual
{
    /// <param name="due">When it should have been: nanoseconds of <see cref="Reactor.Now"/>.</param>
    void Due(long due);
}

/// <summary>
/// Many sockets and appointments on one thread, the one that calls <see cref="Run"/>. Nothing here may block, and everything else
/// of it is called on that thread, but for <see cref="Post"/> and <see cref="DoAsync"/>.
/// </summary>
internal sealed class Reactor : IDisposable
{
    public const long Millisecond = 1_000_000;

    private readonly Epoll _epoll = new();
    private readonly List<IReady?> _sources = [];
    private readonly Stack<int> _free = [];
    private readonly PriorityQueue<IPunctual, long> _appointments = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Socket _bell = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Rhythm _rhythm;
    private volatile bool _over;

    /// <param name="pause">How often it looks in a crowd, in nanoseconds (<see cref="Rhythm"/>).</param>
    public Reactor(long pause)
    {
        _rhythm = new Rhythm(pause);
        _bell.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        _bell.Connect(_bell.LocalEndPoint!);
        _bell.Blocking = false;
        Watch(_bell, new Bell(_bell));
    }

    /// <summary>One monotonic clock for all processes of a machine, in nanoseconds.</summary>
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>When the bytes that are being taken reached this machine, on <see cref="Now"/>'s clock.</summary>
    public long Arrived { get; set; }

    /// <summary>Where bytes are received; nothing in it is kept.</summary>
    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(256 * 1024, pinned: true);

    /// <summary>How late appointments are kept: the generator's own lateness.</summary>
    public Figures.LatencyHistogram Late { get; } = new();

    /// <summary>Watches a socket for what can be read; the key is for <see cref="Wants"/> and <see cref="Forget"/>.</summary>
    public int Watch(Socket socket, IReady source)
    {
        if (!_free.TryPop(out var key))
        {
            key = _sources.Count;
            _sources.Add(null);
        }

        _sources[key] = source;
        _epoll.Watch(socket, key, Epoll.Readable);
        return key;
    }

    /// <summary>Whether it waits to be written to, too.</summary>
    public void Wants(Socket socket, int key, bool write) => _epoll.Change(socket, key, write ? Epoll.Readable | Epoll.Writable : Epoll.Readable);

    public void Forget(Socket socket, int key)
    {
        _epoll.Forget(socket);
        _sources[key] = null;
        // Not yet free: an event for it may stand in the list that is being gone through.
        Post(() => _free.Push(key));
    }

    /// <summary>Makes an appointment.</summary>
    public void At(long due, IPunctual what) => _appointments.Enqueue(what, due);

    /// <summary>From any thread: does this on the reactor's.</summary>
    public void Post(Action what)
    {
        _posted.Enqueue(what);
        try
        {
            _bell.Send([1]);
        }
        catch (SocketException)
        {
            // Rung often enough already.
        }
    }

    /// <summary>From any thread: does this on the reactor's, and tells when it is done or what it threw.</summary>
    public Task DoAsync(Action what)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                what();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>From any thread: <see cref="Run"/> returns.</summary>
    public void Stop()
    {
        _over = true;
        Post(static () => { });
    }

    /// <summary>Runs until stopped.</summary>
    public void Run()
    {
        Eagerness.Raise();
        var ready = 0;
        while (!_over)
        {
            if (ready < Epoll.MostEvents)
                _rhythm.Rest();
            ready = _epoll.Wait(Patience());
            for (var i = 0; i < ready; i++)
            {
                var (key, events) = _epoll[i];
                _sources[key]?.Ready(events);
            }

            _rhythm.Saw(ready + KeepAppointments());
            while (_posted.TryDequeue(out var what))
                what();
        }
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _bell.Dispose();
    }

    /// <summary>Rounded up: appointments within a millisecond are kept together, which spares wake-ups.</summary>
    private int Patience()
    {
        if (_rhythm.IsCrowd || !_posted.IsEmpty)
            return 0;
        return _appointments.TryPeek(out _, out var due) ? (int)Math.Clamp((due - Now + Millisecond - 1) / Millisecond, 0, 1000) : 1000;
    }

    private int KeepAppointments()
    {
        var now = Now;
        var kept = 0;
        while (_appointments.TryPeek(out var next, out var due) && due <= now)
        {
            _appointments.Dequeue();
            next.Due(due);
            now = Now;
            Late.Record(now - due);
            kept++;
        }

        return kept;
    }

    private sealed class Bell(Socket socket) : IReady
    {
        private readonly byte[] _rings = new byte[64];

        public void Ready(uint events)
        {
            while (socket.Available > 0)
                socket.Receive(_rings);
        }
    }
}
