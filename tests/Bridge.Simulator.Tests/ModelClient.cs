using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>A client of the fake model, as plain as can be.</summary>
internal sealed class ModelClient : IAsyncDisposable
{
    public const string Configured =
        """{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}}""";

    private readonly ClientWebSocket _socket = new();
    private readonly FakeRealtimeServer _server;
    private readonly bool _ownsServer;

    private ModelClient(FakeRealtimeServer server, bool ownsServer) => (_server, _ownsServer) = (server, ownsServer);

    public FakeConversation Session { get; private set; } = null!;

    /// <summary>Opens a session; unless told otherwise it is configured for µ-law and ready.</summary>
    public static async Task<ModelClient> OpenAsync(FakeModelOptions? options = null, bool configure = true)
    {
        var client = new ModelClient(await FakeRealtimeServer.StartAsync(options), ownsServer: true);
        await client.DialAsync(configure);
        return client;
    }

    /// <summary>Opens one more session of the same server.</summary>
    public async Task<ModelClient> OpenAnotherAsync()
    {
        var client = new ModelClient(_server, ownsServer: false);
        await client.DialAsync(configure: true);
        return client;
    }

    public Task SendAsync(string json) => _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, Limit());

    public Task SendBinaryAsync() => _socket.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary, true, Limit());

    public async Task AppendAsync(byte[] audio)
    {
        foreach (var frame in audio.Chunk(Pcmu.FrameSamples))
            await SendAsync($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(frame)}}"}""");
    }

    public async Task<JsonElement> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await _socket.ReceiveAsync(buffer, Limit());
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }

    /// <summary>Receives until an event of this type, and returns it.</summary>
    public async Task<JsonElement> UntilAsync(string type) => (await AllUntilAsync(type))[^1];

    /// <summary>Receives until an event of this type, and returns everything on the way.</summary>
    public async Task<List<JsonElement>> AllUntilAsync(string type)
    {
        var all = new List<JsonElement>();
        do
            all.Add(await ReceiveAsync());
        while (all[^1].GetProperty("type").GetString() != type);
        return all;
    }

    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Limit());

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_ownsServer)
            await _server.DisposeAsync();
    }

    /// <summary>A hanging test is a failing test.</summary>
    public static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token;

    private async Task DialAsync(bool configure)
    {
        _socket.Options.SetRequestHeader("Authorization", "Bearer key");
        await _socket.ConnectAsync(new Uri(_server.Url + "?model=gpt-realtime-2.1"), Limit());
        Session = await _server.NextConversationAsync(Limit());
        await UntilAsync("session.created");
        if (!configure)
            return;
        await SendAsync(Configured);
        await UntilAsync("session.updated");
    }
}
