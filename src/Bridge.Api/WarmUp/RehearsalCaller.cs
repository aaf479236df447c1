using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Bridge.Api.Doctor;
using Bridge.Application.IncomingCalls;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.WarmUp;

/// <summary>
/// Twilio's side of the rehearsal: the webhook, a media stream on which the caller hears the beginning of a greeting and speaks
/// over it, a hang-up, and the question that follows a stream.
/// </summary>
/// <param name="address">Where the rehearsing bridge listens.</param>
/// <param name="publicUrl">What it takes for its public address: that is what is signed.</param>
/// <param name="authToken">With what.</param>
internal sealed class RehearsalCaller(Uri address, Uri publicUrl, string authToken) : IDisposable
{
    /// <summary>Whose call it is.</summary>
    public const string AccountSid = "AC00000000000000000000000000000000";

    /// <summary>20 ms as loud as can be, so that any voice detection hears it.</summary>
    private static readonly string Frame = Convert.ToBase64String([.. Enumerable.Repeat<byte>(0x00, 80), .. Enumerable.Repeat<byte>(0x80, 80)]);

    private const int Frames = 15;
    private const string StreamSid = "MZ00000000000000000000000000000000";
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    /// <summary>Calls once.</summary>
    /// <exception cref="RehearsalException">It was not answered as a caller is.</exception>
    public async Task CallAsync(CancellationToken cancellationToken)
    {
        var fields = ProbeCall.Fields(AccountSid);
        var stream = StreamAddress.Of(await AskAsync(TwilioPaths.IncomingCall, fields, cancellationToken)) ?? throw new RehearsalException("The webhook was not answered with a media stream.");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(TwilioRequestSignature.Header, TwilioRequestSignature.Sign(authToken, stream.Url));
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = Uri.UriSchemeWs, Path = stream.Parsed.AbsolutePath }.Uri, _http, cancellationToken);
        await SayAsync(socket, """{"event":"connected","protocol":"Call","version":"1.0.0"}""", cancellationToken);
        await SayAsync(socket, Start(fields["CallSid"]), cancellationToken);
        await HearAsync(socket, "media", cancellationToken);
        for (var i = 1; i <= Frames; i++)
            await SayAsync(socket, Media(i), cancellationToken);
        // A mark that is returned says that all before it was heard, and what was heard is not cut: as Twilio does, with the clear.
        foreach (var mark in (await HearAsync(socket, "clear", cancellationToken)).Where(m => m.Contains("\"event\":\"mark\"", StringComparison.Ordinal)))
            await SayAsync(socket, mark, cancellationToken);
        await SayAsync(socket, $$"""{"event":"stop","sequenceNumber":"99","streamSid":"{{StreamSid}}","stop":{"accountSid":"{{AccountSid}}","callSid":"{{fields["CallSid"]}}"} }""", cancellationToken);
        await HearAsync(socket, null, cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        await AskAsync(TwilioPaths.StreamEnded, fields, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What Twilio is told to do.</summary>
    private async Task<string> AskAsync(string path, Dictionary<string, string> fields, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add(TwilioRequestSignature.Header, TwilioRequestSignature.Sign(authToken, new Uri(publicUrl, path).ToString(), fields));
        using var answer = await _http.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancellationToken) : throw new RehearsalException($"{path} was answered {(int)answer.StatusCode}.");
    }

    /// <summary>Reads to the first message of this kind; to the end of the stream when there is no kind to wait for. What came with it.</summary>
    private static async Task<List<string>> HearAsync(ClientWebSocket socket, string? wanted, CancellationToken cancellationToken)
    {
        var heard = new List<string>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
                return wanted is null ? heard : throw new RehearsalException($"The media stream was closed before {wanted} came.");
            var message = Encoding.UTF8.GetString(buffer, 0, read.Count);
            heard.Add(message);
            if (wanted is not null && message.Contains($"\"event\":\"{wanted}\"", StringComparison.Ordinal))
                return heard;
        }
    }

    private static Task SayAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private static string Start(string callSid) =>
        $$"""{"event":"start","sequenceNumber":"1","streamSid":"{{StreamSid}}","start":{"accountSid":"{{AccountSid}}","streamSid":"{{StreamSid}}","callSid":"{{callSid}}","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{} } }""";

    private static string Media(int chunk) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"event":"media","sequenceNumber":"{{chunk + 1}}","media":{"track":"inbound","chunk":"{{chunk}}","timestamp":"{{chunk * 20}}","payload":"{{Frame}}"},"streamSid":"{{StreamSid}}"}""");
}

/// <summary>The rehearsal did not go as a call goes.</summary>
internal sealed class RehearsalException(string message) : Exception(message);
