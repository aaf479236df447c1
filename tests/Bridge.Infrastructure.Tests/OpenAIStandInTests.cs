using System.Net.Sockets;
using System.Text;
using Bridge.Infrastructure.Realtime.OpenAI;

namespace Bridge.Infrastructure.Tests;

/// <summary>The model of the rehearsal stands open to this machine for a moment: it talks to nobody but its own bridge.</summary>
[CancelAfter(20_000)]
public sealed class OpenAIStandInTests
{
    [TestCase("", "")]
    [TestCase("Authorization: Bearer 0000000000000000000000000000000000000000000000000000000000000000\r\n", "")]
    [TestCase(null, "HTTP/1.1 101 Switching Protocols")]
    public async Task It_answers_whoever_has_the_key_it_made_up_and_nobody_else(string? authorization, string begins, CancellationToken cancel)
    {
        await using var model = new OpenAIStandIn();
        var url = new Uri(model.Variables["OPENAI_REALTIME_URL"]);
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host, url.Port, cancel);
        authorization ??= $"Authorization: Bearer {model.Variables["OPENAI_API_KEY"]}\r\n";
        var request = $"GET / HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{authorization}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), cancel);
        var answer = new byte[begins.Length == 0 ? 1 : begins.Length];
        var read = await socket.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancel);

        Assert.That(Encoding.ASCII.GetString(answer, 0, read), Is.EqualTo(begins));
    }

    [Test]
    public async Task Nobody_listens_when_it_is_over(CancellationToken cancel)
    {
        Uri url;
        await using (var model = new OpenAIStandIn())
            url = new Uri(model.Variables["OPENAI_REALTIME_URL"]);
        using var socket = new TcpClient();

        Assert.That(async () => await socket.ConnectAsync(url.Host, url.Port, cancel), Throws.InstanceOf<SocketException>());
    }
}
