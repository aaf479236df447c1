using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>
/// OpenAI's side of the rehearsal, on a free port of the loopback address: one session, in which it greets, hears the caller begin
/// to speak, and is cut short. It takes one connection, and only with a key that was made up for it.
/// </summary>
internal sealed class OpenAIStandIn : IStandInModel
{
    private const int LongestRequest = 16 * 1024;

    private static readonly string[] Greeting =
    [
        """{"type":"response.created","response":{"id":"resp_rehearsal","status":"in_progress"}}""",
        """{"type":"conversation.item.added","item":{"id":"item_rehearsal","type":"message","role":"assistant"}}""",
        """{"type":"response.output_audio_transcript.delta","response_id":"resp_rehearsal","item_id":"item_rehearsal","content_index":0,"delta":"Hello"}""",
        Audio(),
        Audio(),
        """{"type":"response.output_audio.done","response_id":"resp_rehearsal","item_id":"item_rehearsal","content_index":0}""",
        """{"type":"response.output_audio_transcript.done","response_id":"resp_rehearsal","item_id":"item_rehearsal","content_index":0,"transcript":"Hello"}""",
        """{"type":"response.done","response":{"id":"resp_rehearsal","status":"completed","output":[]}}""",
    ];

    private readonly string _key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private readonly TcpListener _door = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _played;

    public OpenAIStandIn()
    {
        _door.Start(1);
        _played = PlayAsync(_over.Token);
    }

    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["OPENAI_API_KEY"] = _key,
        ["OPENAI_REALTIME_URL"] = $"ws://{_door.LocalEndpoint}/",
    };

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _door.Dispose();
        await _played.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task PlayAsync(CancellationToken cancellationToken)
    {
        using var client = await _door.AcceptTcpClientAsync(cancellationToken);
        client.NoDelay = true;
        await using var stream = client.GetStream();
        await UpgradeAsync(stream, cancellationToken);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        await SayAsync(socket, """{"type":"session.created","session":{"id":"sess_rehearsal"}}""", cancellationToken);
        var hasHeard = false;
        while (await ReadAsync(socket, cancellationToken) is { } message)
        {
            if (message.Contains("\"session.update\"", StringComparison.Ordinal))
            {
                await SayAsync(socket, """{"type":"session.updated","session":{"audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcmu"}}}}}""", cancellationToken);
            }
            else if (message.Contains("\"response.create\"", StringComparison.Ordinal))
            {
                foreach (var line in Greeting)
                    await SayAsync(socket, line, cancellationToken);
            }
            else if (!hasHeard && message.Contains("\"input_audio_buffer.append\"", StringComparison.Ordinal))
            {
                hasHeard = true;
                await SayAsync(socket, """{"type":"input_audio_buffer.speech_started","audio_start_ms":0,"item_id":"item_caller"}""", cancellationToken);
            }
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    /// <summary>RFC 6455, section 4.2, as far as one known client needs it.</summary>
    private async Task UpgradeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var request = new byte[LongestRequest];
        var length = 0;
        do
        {
            var read = await stream.ReadAsync(request.AsMemory(length), cancellationToken);
            if (read == 0)
                throw new IOException("No request came.");
            length += read;
        }
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8));
        var headers = Encoding.ASCII.GetString(request, 0, length).Split("\r\n");
        if (!headers.Contains($"Authorization: Bearer {_key}"))
            throw new IOException("Somebody else came.");
        const string Key = "Sec-WebSocket-Key: ";
        var key = headers.First(h => h.StartsWith(Key, StringComparison.OrdinalIgnoreCase))[Key.Length..];
        var accept = Convert.ToBase64String(Sha1(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), cancellationToken);
    }

    [SuppressMessage("Security", "CA5350", Justification = "The WebSocket handshake's hash is SHA-1, and guards nothing.")]
    private static byte[] Sha1(byte[] text) => SHA1.HashData(text);

    /// <summary>The beginning of the next message, which names it; null when there is none.</summary>
    private static async Task<string?> ReadAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        string? begins = null;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, cancellationToken);
            if (read.MessageType != WebSocketMessageType.Text)
                return null;
            begins ??= Encoding.UTF8.GetString(buffer, 0, Math.Min(read.Count, 100));
            if (read.EndOfMessage)
                return begins;
        }
    }

    private static Task SayAsync(WebSocket socket, string text, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Half a second.</summary>
    private static string Audio()
    {
        var audio = new byte[Pcmu.SamplesPerMillisecond * 500];
        audio.AsSpan().Fill(0xFF);
        return $$"""{"type":"response.output_audio.delta","response_id":"resp_rehearsal","item_id":"item_rehearsal","content_index":0,"delta":"{{Convert.ToBase64String(audio)}}"}""";
    }
}
