using System.Net;
using System.Net.Sockets;
using System.Text;
using Bridge.Simulator.Faults;

namespace Bridge.Simulator.Tests;

/// <summary>A plain TCP client and a plain TCP server, and a proxy in virtual time between them.</summary>
internal sealed class ProxyRig : IAsyncDisposable
{
    private readonly TcpListener _listener;

    private ProxyRig(TcpListener listener, ManualClock clock, FaultProxy proxy) => (_listener, Clock, Proxy) = (listener, clock, proxy);

    public ManualClock Clock { get; }

    public FaultProxy Proxy { get; }

    public Socket Client { get; private set; } = null!;

    public Socket Server { get; private set; } = null!;

    public static async Task<ProxyRig> StartAsync()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clock = new ManualClock();
        var rig = new ProxyRig(listener, clock, await FaultProxy.StartAsync(((IPEndPoint)listener.LocalEndpoint).Port, clock));
        (rig.Client, rig.Server) = await rig.ConnectAsync();
        return rig;
    }

    public async Task<(Socket Client, Socket Server)> ConnectAsync()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, Proxy.Port, ModelClient.Limit());
        return (client, await _listener.AcceptSocketAsync(ModelClient.Limit()));
    }

    public static async Task<string> ReadAsync(Socket socket, int count)
    {
        var text = "";
        var buffer = new byte[count];
        while (text.Length < count)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(0, count - text.Length), ModelClient.Limit());
            if (read == 0)
                return text + "(end)";
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return text;
    }

    /// <summary>Reads from the client while time passes; and how many milliseconds did.</summary>
    public async Task<(string Text, int Passed)> ReadInTimeAsync(int count)
    {
        var reading = ReadAsync(Client, count);
        var passed = await PassUntilAsync(reading);
        return (await reading, passed);
    }

    /// <summary>How many milliseconds pass at least: what they set off takes real time, in which more of them go by.</summary>
    public async Task<int> PassUntilAsync(Task happened)
    {
        var began = Clock.GetTimestamp();
        while (!happened.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        return (int)Clock.GetElapsedTime(began).TotalMilliseconds;
    }

    public static async Task<int> EndAsync(Socket socket) => await socket.ReceiveAsync(new byte[16].AsMemory(), ModelClient.Limit());

    public static async Task<SocketError> FailureAsync(Socket socket)
    {
        try
        {
            await socket.ReceiveAsync(new byte[16].AsMemory(), ModelClient.Limit());
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>Nobody is behind the proxy any more.</summary>
    public void StopServer() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Server.Dispose();
        await Proxy.DisposeAsync();
        _listener.Dispose();
    }
}
