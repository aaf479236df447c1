using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Bridge.Application.Options;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>The connection that a dial leaves: the socket's own, past the HTTP that asked for it.</summary>
[NonParallelizable]
public sealed class WebSocketDialTests
{
    private static readonly byte[] Hello = [0x81, 5, .. "hello"u8];

    [Test]
    public async Task A_message_that_comes_in_one_piece_with_the_answer_is_read()
    {
        using var server = new LoopbackServer(async (_, stream) => await UpgradeAsync(stream, Hello));
        using var socket = new ClientWebSocket();
        await DialAsync(socket, new Uri($"ws://127.0.0.1:{server.Port}/"), useProxy: false);

        Assert.That(await ReadAsync(socket), Is.EqualTo("hello"));
    }

    [Test]
    public async Task Through_a_proxy_the_connection_is_the_one_within_the_tunnel()
    {
        var asked = "";
        using var proxy = new LoopbackServer(async (_, stream) =>
        {
            asked = await HeadAsync(stream);
            await stream.WriteAsync("HTTP/1.1 200 Yes\r\n\r\n"u8.ToArray());
            await UpgradeAsync(stream, Hello);
        });
        var before = HttpClient.DefaultProxy;
        try
        {
            HttpClient.DefaultProxy = new WebProxy("127.0.0.1", proxy.Port);
            using var socket = new ClientWebSocket();
            await DialAsync(socket, new Uri("ws://model.invalid/"), useProxy: true);

            Assert.That(await ReadAsync(socket), Is.EqualTo("hello"));
            Assert.That(asked, Does.StartWith("CONNECT model.invalid:80 "));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Test]
    public async Task A_101_that_is_no_answer_to_the_key_leaves_no_connection()
    {
        var left = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new LoopbackServer(async (_, stream) =>
        {
            await HeadAsync(stream);
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n"u8.ToArray());
            left.SetResult(await stream.ReadAsync(new byte[1]));
        });
        using var socket = new ClientWebSocket();

        await Assert.ThatAsync(() => DialAsync(socket, new Uri($"ws://127.0.0.1:{server.Port}/"), useProxy: false), Throws.InstanceOf<WebSocketException>());
        Assert.That(await left.Task.WaitAsync(SocketPair.Patience), Is.Zero, "the far end sees the end");
    }

    [Test]
    public async Task Once_it_is_upgraded_HTTP_has_no_connection_any_more()
    {
        using var server = new LoopbackServer(async (_, stream) => await UpgradeAsync(stream, Hello));
        var open = 0L;
        using var counted = new MeterListener();
        counted.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "http.client.open_connections")
                listener.EnableMeasurementEvents(instrument);
        };
        counted.SetMeasurementEventCallback<long>((_, change, tags, _) =>
        {
            foreach (var tag in tags)
                open += tag.Key == "server.port" && Equals(tag.Value, server.Port) ? change : 0;
        });
        counted.Start();
        using var socket = new ClientWebSocket();
        await DialAsync(socket, new Uri($"ws://127.0.0.1:{server.Port}/"), useProxy: false);

        Assert.That(open, Is.Zero);
        Assert.That(await ReadAsync(socket), Is.EqualTo("hello"));
    }

    [Test]
    public async Task An_answer_with_words_of_its_own_is_read_to_its_end()
    {
        using var server = LoopbackServer.ThatSays("HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\nforbidden");
        using var http = new HttpMessageInvoker(new WebSocketDial(useProxy: false, new BridgeOptions().ModelSendBuffer, CancellationToken.None));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}/");
        using var response = await http.SendAsync(request, CancellationToken.None);

        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("forbidden"));
    }

    [Test]
    public async Task For_a_model_that_does_not_read_the_kernel_holds_seconds_and_not_minutes()
    {
        const int SecondOfSpeech = 14_000;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new LoopbackServer(
            async (_, stream) =>
            {
                await AnswerAsync(stream, Hello);
                await over.Task;
            },
            receiveBuffer: 4096);
        using var socket = new ClientWebSocket();
        var connection = (await DialAsync(socket, new Uri($"ws://127.0.0.1:{server.Port}/"), useProxy: false)).Connection!;
        var speech = new byte[SecondOfSpeech];
        var held = 0;
        var sending = ValueTask.CompletedTask;
        while (sending.IsCompletedSuccessfully && held++ < 60)
            sending = connection.WriteAsync(speech);

        over.SetResult();
        Assert.That(held, Is.LessThanOrEqualTo(4), "seconds of speech until a write had to wait");
    }

    private static async Task<WebSocketDial> DialAsync(ClientWebSocket socket, Uri url, bool useProxy)
    {
        var dial = new WebSocketDial(useProxy, new BridgeOptions().ModelSendBuffer, CancellationToken.None);
        using var http = new HttpMessageInvoker(dial);
        await socket.ConnectAsync(url, http, CancellationToken.None).WaitAsync(SocketPair.Patience);
        Assert.That(dial.Connection, Is.Not.Null);
        return dial;
    }

    private static async Task<string> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64];
        var read = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(SocketPair.Patience);
        return Encoding.UTF8.GetString(buffer, 0, read.Count);
    }

    /// <summary>The answer and the first message; then it waits until the client goes.</summary>
    private static async Task UpgradeAsync(NetworkStream stream, byte[] first)
    {
        await AnswerAsync(stream, first);
        await stream.CopyToAsync(Stream.Null);
    }

    /// <summary>The answer and the first message in one write.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 wants SHA-1.")]
    private static async Task AnswerAsync(NetworkStream stream, byte[] first)
    {
        var key = (await HeadAsync(stream)).Split("\r\n").Single(l => l.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))[18..].Trim();
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), .. first]);
    }

    private static async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
