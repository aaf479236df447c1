using System.Net.Sockets;
using System.Text;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>One frame as it came.</summary>
internal readonly record struct Frame(int Opcode, bool IsLast, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>A client that speaks WebSocket by hand, over a TCP socket.</summary>
internal sealed class RawClient(Socket socket) : IDisposable
{
    public Socket Socket => socket;

    public FakeConversation Session { get; private set; } = null!;

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, ModelClient.Limit());
        return new RawClient(socket);
    }

    /// <summary>Opens a session and reads its <c>session.created</c>.</summary>
    public static async Task<RawClient> OpenAsync(FakeRealtimeServer server)
    {
        var client = await ConnectAsync(server.Url.Port);
        await client.AskAsync();
        var answer = "";
        while (!answer.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            answer += (char)(await client.ReadAsync(1))[0];
        client.Session = await server.NextConversationAsync(ModelClient.Limit());
        await client.FrameAsync();
        return client;
    }

    /// <summary>Sends the request of a handshake.</summary>
    public Task AskAsync() => SendAsync(Encoding.ASCII.GetBytes(
        "GET /v1/realtime?model=m HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));

    public Task SendTextAsync(string text) => SendAsync(RawFrame.Make(RawFrame.Text, Encoding.UTF8.GetBytes(text), mask: 0x12345678));

    public Task PingAsync() => SendAsync(RawFrame.Make(RawFrame.Ping, "?"u8, mask: 0x12345678));

    public async Task SendAsync(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
            at += await socket.SendAsync(bytes.AsMemory(at), ModelClient.Limit());
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(at), ModelClient.Limit());
            at += read > 0 ? read : throw new EndOfStreamException();
        }

        return bytes;
    }

    public async Task<Frame> FrameAsync()
    {
        var header = await ReadAsync(2);
        long length = header[1] & 0x7F;
        if (length >= 126)
            length = (await ReadAsync(length == 126 ? 2 : 8)).Aggregate(0L, (sum, one) => (sum << 8) | one);
        return new Frame(header[0] & 0x0F, (header[0] & 0x80) != 0, await ReadAsync((int)length));
    }

    /// <summary>Says that nothing more will come, and counts the bytes that the far end still sends.</summary>
    public async Task<int> FinishAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        var count = 0;
        try
        {
            await CountAsync(read => count += read);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It need not say goodbye.
        }

        return count;
    }

    /// <summary>Tells how many bytes come, until the far end has finished.</summary>
    public async Task CountAsync(Action<int> came)
    {
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, ModelClient.Limit()) is var read and not 0)
            came(read);
    }

    public void Dispose() => socket.Dispose();
}
