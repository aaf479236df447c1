using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>A plain client of the fake model that lives through its faults: it says how its socket ended.</summary>
internal sealed class FaultClient : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    private FaultClient(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public FakeConversation Session { get; private set; } = null!;

    /// <summary>How it ended: a status, or -1 for an end without a close frame. Null: it has not.</summary>
    public int? Ended { get; private set; }

    /// <summary>Opens a session of a server; unless told otherwise it is configured for µ-law and ready.</summary>
    public static async Task<FaultClient> OpenAsync(FakeRealtimeServer server, bool configure = true)
    {
        var client = new FaultClient(await DialAsync(server.Url)) { Session = await server.NextConversationAsync(ModelClient.Limit()) };
        if (!configure)
            return client;
        await client.UntilAsync("session.created");
        await client.SendAsync(ModelClient.Configured);
        await client.UntilAsync("session.updated");
        return client;
    }

    public static async Task<ClientWebSocket> DialAsync(Uri url, CancellationToken? giveUp = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", "Bearer key");
        try
        {
            await socket.ConnectAsync(new Uri(url + "?model=gpt-realtime-2.1"), giveUp ?? ModelClient.Limit());
            return socket;
        }
        catch (WebSocketException exception)
        {
            exception.Data["status"] = (int)socket.HttpStatusCode;
            exception.Data["retry"] = socket.HttpResponseHeaders?.GetValueOrDefault("Retry-After")?.First();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The status of the answer to a dial; 0 when there was none.</summary>
    public static async Task<int> StatusAsync(FakeRealtimeServer server)
    {
        try
        {
            using var socket = await DialAsync(server.Url);
            return 101;
        }
        catch (WebSocketException exception)
        {
            return (int)exception.Data["status"]!;
        }
    }

    public Task SendAsync(string json) => Socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, ModelClient.Limit());

    /// <summary>The next message as text; null at the end.</summary>
    public async Task<string?> TextAsync()
    {
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await Socket.ReceiveAsync(_buffer, ModelClient.Limit());
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    Ended = (int?)received.CloseStatus;
                    return null;
                }

                message.Write(_buffer, 0, received.Count);
                if (received.EndOfMessage)
                    return received.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(message.ToArray()) : "(binary)";
            }
        }
        catch (WebSocketException)
        {
            Ended = -1;
            return null;
        }
    }

    public async Task<JsonElement> EventAsync() => JsonDocument.Parse(await TextAsync() ?? throw new InvalidOperationException($"It is over: {Ended}.")).RootElement;

    /// <summary>Receives until an event of this type, and returns everything on the way.</summary>
    public async Task<List<JsonElement>> UntilAsync(string type)
    {
        var all = new List<JsonElement>();
        do
            all.Add(await EventAsync());
        while (Type(all[^1]) != type);
        return all;
    }

    /// <summary>Everything that still comes, until the end.</summary>
    public async Task<List<JsonElement>> ToEndAsync()
    {
        var all = new List<JsonElement>();
        while (await TextAsync() is { } text)
            all.Add(JsonDocument.Parse(text).RootElement);
        return all;
    }

    /// <summary>The types of what comes until the model has handled all that was sent before: it is asked for something trivial.</summary>
    public async Task<List<string>> UpToNowAsync()
    {
        await SendAsync("""{"type":"input_audio_buffer.clear"}""");
        return [.. (await UntilAsync("input_audio_buffer.cleared")).SkipLast(1).Select(Type)];
    }

    public void Dispose() => Socket.Dispose();

    public static string Type(JsonElement message) => message.GetProperty("type").GetString()!;
}
