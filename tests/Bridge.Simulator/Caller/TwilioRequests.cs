using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bridge.Simulator.Caller;

/// <summary>The webhook answered with something other than 200 (Twilio's error 11200).</summary>
public sealed class WebhookFailedException(int status, string body) : Exception($"11200: the webhook answered {status}: {body}")
{
    public int Status => status;
}

/// <summary>What came of a request for TwiML: an answer, or why there is none.</summary>
internal sealed record TwilioReply(int? Status, string Body, TwimlAnswer? Twiml, Exception? Failure)
{
    public int Attempts { get; init; } = 1;

    /// <summary>Twilio's number for the failure.</summary>
    public string ErrorCode => Failure switch
    {
        HttpRequestException => "11205",
        TwimlException when Failure.Message.Length > 5 && Failure.Message[..5].All(char.IsAsciiDigit) => Failure.Message[..5],
        _ => "11200",
    };
}

/// <summary>Twilio's requests for TwiML: the webhook, the action of a stream that is over, and the fallback.</summary>
internal sealed class TwilioRequests(FakeCallerOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>The webhook as the outside world calls it.</summary>
    public string Webhook { get; } = options.PublicUrl is { } url
        ? url.OriginalString.TrimEnd('/') + options.Webhook.PathAndQuery
        : options.Webhook.OriginalString;

    /// <summary>
    /// The number of a call that was given none: another for every call, as limits on one number must not meet a crowd, and the same one
    /// whenever the call is asked about.
    /// </summary>
    public static string OwnNumber(string callSid)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(callSid));
        return FormattableString.Invariant($"+1555{BinaryPrimitives.ReadUInt32BigEndian(hash) % 10_000_000:D7}");
    }

    /// <summary>The usual fields, in a call that is in this state.</summary>
    public Dictionary<string, string> Form(string callSid, string callStatus)
    {
        var from = options.From ?? OwnNumber(callSid);
        var form = new Dictionary<string, string>
        {
            ["AccountSid"] = options.AccountSid,
            ["ApiVersion"] = "2010-04-01",
            ["CallSid"] = callSid,
            ["CallStatus"] = callStatus,
            ["Called"] = options.To,
            ["Caller"] = from,
            ["Direction"] = "inbound",
            ["From"] = from,
            ["FromCity"] = "",
            ["FromCountry"] = "US",
            ["StirVerstat"] = "TN-Validation-Passed-A",
            ["To"] = options.To,
        };
        foreach (var (name, value) in options.Form)
            form[name] = value;
        return form;
    }

    /// <summary>
    /// Asks a public address, at most 15 s of the call's clock and twice when it cannot be reached. It fails only when cancelled.
    /// </summary>
    public async Task<TwilioReply> AskAsync(
        string url, string method, IReadOnlyDictionary<string, string> form, bool mustEnd, CancellationToken cancellationToken)
    {
        var reply = await TryAsync(url, method, form, mustEnd, cancellationToken);
        return reply.Failure is HttpRequestException
            ? await TryAsync(url, method, form, mustEnd, cancellationToken) with { Attempts = 2 }
            : reply;
    }

    private async Task<TwilioReply> TryAsync(
        string url, string method, IReadOnlyDictionary<string, string> form, bool mustEnd, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await SendAsync(url.Split('#')[0], method, form, mustEnd, either.Token);
        }
        catch (HttpRequestException exception)
        {
            return new(null, "", null, exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, "", null, new TimeoutException($"11200: {url} did not answer within {Longest.TotalSeconds} s."));
        }
    }

    private async Task<TwilioReply> SendAsync(
        string url, string method, IReadOnlyDictionary<string, string> form, bool mustEnd, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent(form);
        var isGet = method == "GET";
        if (isGet)
            url += (url.Contains('?') ? "&" : "?") + await content.ReadAsStringAsync(cancellationToken);
        var asked = new Uri(url);
        using var request = new HttpRequestMessage(isGet ? HttpMethod.Get : HttpMethod.Post, Target(asked));
        request.Content = isGet ? null : content;
        request.Headers.UserAgent.ParseAdd("TwilioProxy/1.1");
        if (request.RequestUri!.Authority != asked.Authority)
            request.Headers.Host = asked.Authority;
        if (options.AuthToken is { } token)
            request.Headers.Add(TwilioSignature.Header, TwilioSignature.Sign(token, url, isGet ? null : form));

        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        handler.SslOptions = TwilioTls.For(asked.Host, options.Trust);
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var length = response.Content.Headers.ContentLength;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
            return new(status, body, null, new WebhookFailedException(status, body));
        try
        {
            return new(status, body, TwimlAnswer.Parse(response.Content.Headers.ContentType?.MediaType, length, body, mustEnd) with { Url = url }, null);
        }
        catch (TwimlException exception)
        {
            return new(status, body, null, exception);
        }
    }

    private Uri Target(Uri url)
    {
        if (options.Route is { } route)
            return route(url);
        if (url.IsLoopback && url.Authority != options.PublicUrl?.Authority)
            return url;
        var (webhook, prefix) = (options.Webhook, options.PublicUrl?.AbsolutePath.TrimEnd('/') ?? "");
        var path = url.AbsolutePath.StartsWith(prefix + "/", StringComparison.Ordinal) ? url.AbsolutePath[prefix.Length..] : url.AbsolutePath;
        return new UriBuilder(url) { Scheme = webhook.Scheme, Host = webhook.Host, Port = webhook.Port, Path = path }.Uri;
    }
}
