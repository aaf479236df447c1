using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Bridge.Simulator.Tests;

/// <summary>The bridge's end of one stream as a bare TCP socket: what really arrives there, no framework between.</summary>
internal sealed class RawBridge : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket? _connection;

    public RawBridge() => _listener.Start();

    /// <summary>Where a stream is dialled.</summary>
    public Uri Url => new($"ws://{_listener.LocalEndpoint}/media-stream");

    /// <summary>Takes the handshake of the next stream.</summary>
    public async Task AcceptAsync()
    {
        _connection = await _listener.AcceptSocketAsync(ModelClient.Limit());
        var request = "";
        var buffer = new byte[4096];
        while (!request.Contains("\r\n\r\n", StringComparison.Ordinal))
            request += Encoding.ASCII.GetString(buffer, 0, await _connection.ReceiveAsync(buffer, ModelClient.Limit()));
        var key = request.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.OrdinalIgnoreCase))[19..];
        var accept = Convert.ToBase64String(Hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        await _connection.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"),
            ModelClient.Limit());
    }

    /// <summary>Reads to the end, and returns every frame's opcode; throws when it is no orderly end.</summary>
    public async Task<List<int>> OpcodesToTheEndAsync()
    {
        var all = new List<byte>();
        var buffer = new byte[4096];
        while (await _connection!.ReceiveAsync(buffer, ModelClient.Limit()) is > 0 and var count)
            all.AddRange(buffer.AsSpan(0, count));
        var opcodes = new List<int>();
        for (var at = 0; at < all.Count;)
        {
            opcodes.Add(all[at] & 0x0F);
            var length = all[at + 1] & 0x7F;
            at += length == 126 ? 8 + (all[at + 2] << 8) + all[at + 3] : 6 + length; // With the mask of a client.
        }

        return opcodes;
    }

    /// <summary>The stream as a WebSocket; whoever asks for it disposes it.</summary>
    public WebSocket Open() =>
        WebSocket.CreateFromStream(new NetworkStream(_connection!), new WebSocketCreationOptions { IsServer = true });

    /// <summary>Sends one message.</summary>
    public async Task SendAsync(string text)
    {
        using var socket = Open();
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ModelClient.Limit());
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _listener.Dispose();
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "SHA-1 is what RFC 6455 uses.")]
    private static byte[] Hash(string text) => SHA1.HashData(Encoding.ASCII.GetBytes(text));
}
