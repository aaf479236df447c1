using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Bridge.Simulator.Tests;

/// <summary>A bridge of a few lines, that does with the stream whatever the test says.</summary>
internal sealed class StandInBridge : IAsyncDisposable
{
    public const string ConnectTwiml =
        """<Response><Say voice="x">Hi</Say><Connect><Stream url="wss://public.example/media-stream"><Parameter name="from" value="+1"/></Stream></Connect><Hangup/></Response>""";

    private readonly WebApplication _app;
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StandInBridge(string twiml, int refuseStream)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                Form = context.Request.HasFormContentType
                    ? (await context.Request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString())
                    : context.Request.Query.ToDictionary(field => field.Key, field => field.Value.ToString());
                WebhookHeaders = Headers(context);
                context.Response.ContentType = "text/xml";
                context.Response.ContentLength = Encoding.UTF8.GetByteCount(twiml);
                await context.Response.WriteAsync(twiml);
                return;
            }

            StreamHeaders = Headers(context);
            StreamPath = context.Request.Path;
            if (refuseStream != 0)
            {
                context.Response.StatusCode = refuseStream;
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var stream = new Stream(socket);
            _stream.SetResult(stream);
            await stream.Over.Task.WaitAsync(context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        });
    }

    public Uri Webhook => new(_app.Urls.Single() + "/incoming-call");

    public Dictionary<string, string> Form { get; private set; } = [];

    public Dictionary<string, string> WebhookHeaders { get; private set; } = [];

    public Dictionary<string, string> StreamHeaders { get; private set; } = [];

    public string StreamPath { get; private set; } = "";

    public static async Task<StandInBridge> StartAsync(string twiml = ConnectTwiml, int refuseStream = 0)
    {
        var bridge = new StandInBridge(twiml, refuseStream);
        await bridge._app.StartAsync();
        return bridge;
    }

    public Task<Stream> StreamAsync() => _stream.Task.WaitAsync(ModelClient.Limit());

    public async ValueTask DisposeAsync()
    {
        if (_stream.Task.IsCompleted)
            (await _stream.Task).Over.TrySetResult();
        await _app.DisposeAsync();
    }

    private static Dictionary<string, string> Headers(HttpContext context) =>
        context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The bridge's end of a stream.</summary>
    internal sealed class Stream(WebSocket socket)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Sid { get; private set; } = "";

        public Task SendAsync(string json, WebSocketMessageType type = WebSocketMessageType.Text) =>
            socket.SendAsync(Encoding.UTF8.GetBytes(json), type, true, ModelClient.Limit());

        public Task PlayAsync(byte[] audio) =>
            SendAsync($$$"""{"event":"media","streamSid":"{{{Sid}}}","media":{"payload":"{{{Convert.ToBase64String(audio)}}}"}}""");

        public Task MarkAsync(string name) => SendAsync($$$"""{"event":"mark","streamSid":"{{{Sid}}}","mark":{"name":"{{{name}}}"}}""");

        public Task ClearAsync() => SendAsync($$"""{"event":"clear","streamSid":"{{Sid}}"}""");

        public Task CloseAsync(WebSocketCloseStatus status) => socket.CloseOutputAsync(status, "bye", ModelClient.Limit());

        /// <summary>The next message's raw text; null when the stream is closed.</summary>
        public async Task<string?> ReceiveTextAsync()
        {
            var buffer = new byte[64 * 1024];
            var length = 0;
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), ModelClient.Limit());
                if (received.MessageType == WebSocketMessageType.Close)
                    return null;
                length += received.Count;
                Frames++;
                if (received.EndOfMessage)
                    return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }

        /// <summary>WebSocket frames received so far.</summary>
        public int Frames { get; private set; }

        /// <summary>Receives until an event of this kind.</summary>
        public async Task<JsonElement> UntilAsync(string kind)
        {
            while (await ReceiveTextAsync() is { } text)
            {
                var message = JsonDocument.Parse(text).RootElement;
                if (message.TryGetProperty("streamSid", out var sid))
                    Sid = sid.GetString()!;
                if (message.GetProperty("event").GetString() == kind)
                    return message;
            }

            throw new InvalidOperationException($"The stream closed before a '{kind}'.");
        }
    }
}
