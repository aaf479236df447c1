using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>
/// The model of a load: answers on a fixed plan, whatever it hears, and checks every frame it hears. It speaks the GA protocol as far
/// as a bridge needs it, and to a relay as if it had been asked.
/// </summary>
internal sealed class LoadModel : IReady, IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly X509Certificate2? _certificate;

    /// <param name="reactor">Whose thread it lives on.</param>
    /// <param name="port">On loopback; 0 is a free one.</param>
    /// <param name="certificate">With which it speaks TLS; null: it speaks without.</param>
    public LoadModel(Reactor reactor, int port, X509Certificate2? certificate)
    {
        Reactor = reactor;
        _certificate = certificate;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(1024);
        _listener.Blocking = false;
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        reactor.Watch(_listener, this);
    }

    public Reactor Reactor { get; }

    public int Port { get; }

    /// <summary>The callers' frames.</summary>
    public Arrivals Arrivals { get; } = new();

    /// <summary>Frames of 20 ms it has sent.</summary>
    public long Sent { get; set; }

    /// <summary>Sessions that are open.</summary>
    public int Sessions { get; set; }

    /// <summary>It answers only the first time it is asked, with a word: calls in which nobody speaks.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>It says nothing more.</summary>
    public bool IsHushed { get; set; }

    /// <summary>When it reported the caller's speech over an answer that was still playing: the call, and nanoseconds.</summary>
    public List<(int Call, long At)> Interruptions { get; } = [];

    /// <summary>What is measured is measured from now on.</summary>
    public void Measure()
    {
        Arrivals.IsMeasuring = true;
        Arrivals.Delay.Clear();
        Reactor.Late.Clear();
        Interruptions.Clear();
    }

    public void Ready(uint events)
    {
        try
        {
            while (true)
                _ = new ModelCall(this, _listener.Accept(), _certificate);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            // All that knocked were let in.
        }
    }

    public void Dispose() => _listener.Dispose();
}
