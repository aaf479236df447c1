using System.Net.Sockets;
using System.Net.WebSockets;

namespace Bridge.Simulator.Caller;

/// <summary>The bridge answered the stream's handshake with something other than 101 (Twilio's error 31920).</summary>
public sealed class StreamRefusedException(int status, Exception inner)
    : Exception($"31920: the stream's handshake was answered with {status}.", inner)
{
    public int Status => status;
}

/// <summary>The webhook answered with something other than 200 (Twilio's error 11200).</summary>
public sealed class WebhookFailedException(int status, string body) : Exception($"11200: the webhook answered {status}: {body}")
{
    public int Status => status;
}

/// <summary>Twilio's two requests: the webhook, and the socket's handshake with the headers it was seen to send.</summary>
internal sealed class TwilioDialer(FakeCallerOptions options)
{
    /// <summary>Asks the webhook what to do with the call.</summary>
    public async Task<TwimlAnswer> AskAsync(string accountSid, string callSid, CancellationToken cancellationToken)
    {
        var form = Form(accountSid, callSid);
        using var content = new FormUrlEncodedContent(form);
        using var request = new HttpRequestMessage(options.UseGet ? HttpMethod.Get : HttpMethod.Post, options.Webhook);
        var signedUrl = PublicWebhook();
        if (options.UseGet)
        {
            var query = (options.Webhook.Query.Length == 0 ? "?" : "&") + await content.ReadAsStringAsync(cancellationToken);
            request.RequestUri = new Uri(options.Webhook.OriginalString + query);
            signedUrl += query;
        }
        else
        {
            request.Content = content;
        }

        request.Headers.UserAgent.ParseAdd("TwilioProxy/1.1");
        request.Headers.Host = PublicHost();
        if (options.AuthToken is { } token)
            request.Headers.Add(TwilioSignature.Header, TwilioSignature.Sign(token, signedUrl, options.UseGet ? null : form));

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var length = response.Content.Headers.ContentLength;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? TwimlAnswer.Parse(response.Content.Headers.ContentType?.MediaType, length, body)
            : throw new WebhookFailedException((int)response.StatusCode, body);
    }

    /// <summary>Opens the stream: the path of the TwiML, the host of the webhook.</summary>
    public async Task<TextSocket> OpenStreamAsync(TwimlAnswer twiml, TimeProvider clock, CancellationToken cancellationToken)
    {
        var webhook = options.Webhook;
        var target = new UriBuilder(twiml.StreamUrl!)
        {
            Scheme = webhook.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
            Host = webhook.Host,
            Port = webhook.Port,
        };
        Socket? connection = null;
        FrameStream? frames = null;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, token) =>
            {
                connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await connection.ConnectAsync(context.DnsEndPoint, token);
                return frames = new FrameStream(new NetworkStream(connection, ownsSocket: true), isClient: true);
            },
        };
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.SetRequestHeader("User-Agent", "Twilio.TmeWs/1.0");
        socket.Options.SetRequestHeader("Accept-Encoding", "gzip");
        if (options.PublicUrl is not null)
            socket.Options.SetRequestHeader("Host", PublicHost());
        if (options.AuthToken is { } authToken)
            socket.Options.SetRequestHeader(TwilioSignature.Header.ToLowerInvariant(), TwilioSignature.Sign(authToken, twiml.StreamUrlAsWritten));
        try
        {
            // The handler must live as long as the socket, which owns the connection from here on.
            await socket.ConnectAsync(target.Uri, new HttpMessageInvoker(handler, disposeHandler: false), cancellationToken);
        }
        catch (WebSocketException exception) when (socket.HttpStatusCode != 0)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new StreamRefusedException(status, exception);
        }

        frames!.Begin();
        return new TextSocket(socket, connection, clock, frames);
    }

    private Dictionary<string, string> Form(string accountSid, string callSid)
    {
        var form = new Dictionary<string, string>
        {
            ["AccountSid"] = accountSid,
            ["ApiVersion"] = "2010-04-01",
            ["CallSid"] = callSid,
            ["CallStatus"] = "ringing",
            ["Called"] = options.To,
            ["Caller"] = options.From,
            ["Direction"] = "inbound",
            ["From"] = options.From,
            ["FromCity"] = "",
            ["FromCountry"] = "US",
            ["StirVerstat"] = "TN-Validation-Passed-A",
            ["To"] = options.To,
        };
        foreach (var (name, value) in options.Form)
            form[name] = value;
        return form;
    }

    private string PublicWebhook() => options.PublicUrl is { } url
        ? url.OriginalString.TrimEnd('/') + options.Webhook.PathAndQuery
        : options.Webhook.OriginalString;

    private string? PublicHost() => options.PublicUrl?.Authority;
}
