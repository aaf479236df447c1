using System.Net;
using System.Net.WebSockets;
using System.Text;
using Bridge.Simulator.Load;
using Bridge.Simulator.Load.Relay;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bridge.Simulator.Tests.Load;

/// <summary>The relay over real sockets: it carries everything and looks at nothing.</summary>
internal sealed class RelayTests
{
    private RawBridge _model = null!;
    private ClientWebSocket _caller = null!;
    private RelayServer _relay = null!;

    [SetUp]
    public async Task SetUp()
    {
        (_model, _caller) = (new RawBridge(), new ClientWebSocket());
        _relay = await RelayServer.StartAsync(0, _model.Url, inline: false, ModelClient.Limit());
    }

    [TearDown]
    public async Task TearDown()
    {
        _caller.Dispose();
        _model.Dispose();
        await _relay.DisposeAsync();
    }

    [Test]
    public async Task Messages_of_every_kind_and_length_pass_both_ways_as_they_are()
    {
        using var model = await CallAsync();
        foreach (var (from, to) in new (WebSocket, WebSocket)[] { (_caller, model), (model, _caller) })
        {
            foreach (var length in new[] { 0, 1, 300, 8191, 8192, 8193, 100_000 })
            {
                foreach (var type in new[] { WebSocketMessageType.Text, WebSocketMessageType.Binary })
                {
                    var sent = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, (length / 6) + 1).Select(number => $"{number:D6}"))[..length]);
                    await from.SendAsync(sent, type, true, ModelClient.Limit());
                    var received = await ReceiveAsync(to);
                    Assert.That((received.Type, received.Bytes.Length), Is.EqualTo((type, length)));
                    Assert.That(received.Bytes.AsSpan().SequenceEqual(sent));
                }
            }
        }
    }

    [Test]
    public async Task A_message_in_parts_stays_one_message()
    {
        using var model = await CallAsync();
        await _caller.SendAsync("one "u8.ToArray(), WebSocketMessageType.Text, false, ModelClient.Limit());
        await _caller.SendAsync("message"u8.ToArray(), WebSocketMessageType.Text, true, ModelClient.Limit());
        await _caller.SendAsync("and another"u8.ToArray(), WebSocketMessageType.Text, true, ModelClient.Limit());
        Assert.That(Encoding.ASCII.GetString((await ReceiveAsync(model)).Bytes), Is.EqualTo("one message"));
        Assert.That(Encoding.ASCII.GetString((await ReceiveAsync(model)).Bytes), Is.EqualTo("and another"));
    }

    [Test]
    public async Task What_the_caller_says_before_the_model_has_answered_is_not_lost()
    {
        await _caller.ConnectAsync(MediaStream, ModelClient.Limit());
        await _caller.SendAsync("early"u8.ToArray(), WebSocketMessageType.Text, true, ModelClient.Limit());
        await _model.AcceptAsync();
        using var model = _model.Open();
        Assert.That(Encoding.ASCII.GetString((await ReceiveAsync(model)).Bytes), Is.EqualTo("early"));
    }

    [Test]
    public async Task A_caller_who_hangs_up_closes_the_model_and_gets_his_answer()
    {
        using var model = await CallAsync();
        await _caller.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", ModelClient.Limit());
        Assert.That((await ReceiveAsync(model)).Type, Is.EqualTo(WebSocketMessageType.Close));
        Assert.That((model.CloseStatus, model.CloseStatusDescription), Is.EqualTo(((WebSocketCloseStatus?)WebSocketCloseStatus.NormalClosure, "bye")));
        await model.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", ModelClient.Limit());
        Assert.That((await ReceiveAsync(_caller)).Type, Is.EqualTo(WebSocketMessageType.Close));
    }

    [Test]
    public async Task A_model_that_closes_closes_the_caller_with_the_same_words()
    {
        using var model = await CallAsync();
        await model.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, "enough", ModelClient.Limit());
        Assert.That((await ReceiveAsync(_caller)).Type, Is.EqualTo(WebSocketMessageType.Close));
        Assert.That((_caller.CloseStatus, _caller.CloseStatusDescription), Is.EqualTo(((WebSocketCloseStatus?)WebSocketCloseStatus.PolicyViolation, "enough")));
    }

    [Test]
    public async Task A_model_that_vanishes_closes_the_caller()
    {
        using var model = await CallAsync();
        _model.Dispose();
        Assert.That((await ReceiveAsync(_caller)).Type, Is.EqualTo(WebSocketMessageType.Close));
        Assert.That(_caller.CloseStatus, Is.EqualTo(WebSocketCloseStatus.EndpointUnavailable));
    }

    [Test]
    public async Task A_caller_who_vanishes_closes_the_model()
    {
        using var model = await CallAsync();
        _caller.Abort();
        Assert.That((await ReceiveAsync(model)).Type, Is.EqualTo(WebSocketMessageType.Close));
    }

    [Test]
    public async Task Without_a_model_the_caller_is_told_so()
    {
        await using var relay = await RelayServer.StartAsync(0, new Uri("ws://127.0.0.1:1/"), inline: false, ModelClient.Limit());
        await _caller.ConnectAsync(new Uri($"ws://127.0.0.1:{relay.Port}/media-stream"), ModelClient.Limit());
        Assert.That((await ReceiveAsync(_caller)).Type, Is.EqualTo(WebSocketMessageType.Close));
        Assert.That((_caller.CloseStatus, _caller.CloseStatusDescription), Is.EqualTo(((WebSocketCloseStatus?)WebSocketCloseStatus.InternalServerError, "no model")));
    }

    [Test]
    public async Task What_is_no_stream_is_a_bad_request()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_relay.Port}/media-stream"), ModelClient.Limit());
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Only_the_tuned_relay_has_an_option_of_the_sockets_touched()
    {
        await using var tuned = await RelayServer.StartAsync(0, _model.Url, inline: true, ModelClient.Limit());
        var (stock, inline, untouched) = (Transport(_relay), Transport(tuned), new SocketTransportOptions());
        Assert.That((stock.UnsafePreferInlineScheduling, inline.UnsafePreferInlineScheduling), Is.EqualTo((false, true)));
        Assert.That((stock.IOQueueCount, stock.WaitForDataBeforeAllocatingBuffer, stock.NoDelay), Is.EqualTo((untouched.IOQueueCount, untouched.WaitForDataBeforeAllocatingBuffer, untouched.NoDelay)));
    }

    [Test]
    public void The_tuned_relay_is_asked_for_on_its_command_line()
    {
        var model = new Uri("wss://127.0.0.1:9000/v1/realtime");
        Assert.That(RelayCommand.Arguments(model, inline: false), Is.EqualTo(new[] { "relay", "--port", "0", "--model", model.ToString(), "--with-parent" }));
        Assert.That(RelayCommand.Arguments(model, inline: true), Has.Member("--inline"));
    }

    private Uri MediaStream => new($"ws://127.0.0.1:{_relay.Port}/media-stream");

    private static SocketTransportOptions Transport(RelayServer relay) => relay.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;

    private async Task<WebSocket> CallAsync()
    {
        await _caller.ConnectAsync(MediaStream, ModelClient.Limit());
        await _model.AcceptAsync();
        return _model.Open();
    }

    private static async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync(WebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), ModelClient.Limit());
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return (received.MessageType, message.ToArray());
        }
    }
}
