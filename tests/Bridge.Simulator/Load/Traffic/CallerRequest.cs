using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Load.Traffic;

/// <summary>The two requests of one call, as bytes: the webhook's form, signed, and the stream's handshake, signed too.</summary>
internal sealed class CallerRequest(FakeCallerOptions options, int number)
{
    private readonly TwilioRequests _requests = new(options, TimeProvider.System);

    public string AccountSid => options.AccountSid;

    public string CallSid { get; } = "CA" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string StreamSid { get; } = "MZ" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private string Host => options.PublicUrl?.Authority ?? options.Webhook.Authority;

    public byte[] Webhook()
    {
        var form = _requests.Form(CallSid, "ringing");
        // Each call has its own number: limits on one must not meet a crowd.
        form["From"] = form["Caller"] = "+1556" + number.ToString("D7", CultureInfo.InvariantCulture);
        var body = string.Join('&', form.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));
        var signature = options.AuthToken is { } token ? $"{TwilioSignature.Header}: {TwilioSignature.Sign(token, _requests.Webhook, form)}\r\n" : "";
        return Encoding.UTF8.GetBytes(
            $"POST {options.Webhook.PathAndQuery} HTTP/1.1\r\nHost: {Host}\r\nUser-Agent: TwilioProxy/1.1\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            + $"{signature}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <param name="path">What is asked for.</param>
    /// <param name="url">The stream's address as the TwiML wrote it: what Twilio signs.</param>
    public byte[] Upgrade(string path, string url)
    {
        var signature = options.AuthToken is { } token ? $"{TwilioSignature.Header.ToLowerInvariant()}: {TwilioSignature.Sign(token, url)}\r\n" : "";
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        return Encoding.UTF8.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {Host}\r\nUser-Agent: Twilio.TmeWs/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{signature}\r\n");
    }
}
