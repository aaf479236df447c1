using System.Text;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Attacks;

/// <summary>A request, header by header and byte by byte, wrong where it is meant to be.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The target, as it is to stand in the request line.</param>
public sealed record RawRequest(string Method, string Target)
{
    /// <summary>The nonce of a handshake; every one of these is the same.</summary>
    public const string Key = "AAAAAAAAAAAAAAAAAAAAAA==";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    public string Version { get; init; } = "HTTP/1.1";

    /// <summary>A form as Twilio posts one, unsigned.</summary>
    public static RawRequest Form(Uri publicUrl, string target, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var body = Encoding.UTF8.GetBytes(string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")));
        return Post(publicUrl, target, "application/x-www-form-urlencoded", body);
    }

    /// <summary>Any body of any type.</summary>
    public static RawRequest Post(Uri publicUrl, string target, string contentType, byte[] body) =>
        new RawRequest("POST", target) { Body = body }.With("Host", publicUrl.Authority).With("Content-Type", contentType)
            .With("Content-Length", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The handshake of a media stream, unsigned.</summary>
    public static RawRequest Handshake(Uri publicUrl, string target) =>
        new RawRequest("GET", target).With("Host", publicUrl.Authority).With("Connection", "Upgrade").With("Upgrade", "websocket")
            .With("Sec-WebSocket-Version", "13").With("Sec-WebSocket-Key", Key).With("User-Agent", "Twilio.TmeWs/1.0");

    /// <summary>One more header, behind those that are there.</summary>
    public RawRequest With(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };

    /// <summary>Without a header.</summary>
    public RawRequest Without(string name) => this with { Headers = [.. Headers.Where(header => !header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))] };

    /// <summary>Another value for a header.</summary>
    public RawRequest Instead(string name, string value) => Without(name).With(name, value);

    /// <summary>Signed with a token, for an address that need not be where it is sent.</summary>
    public RawRequest SignedWith(string authToken, string url, IEnumerable<KeyValuePair<string, string>>? fields = null) =>
        Instead(TwilioSignature.Header, TwilioSignature.Sign(authToken, url, fields));

    /// <summary>Everything up to the body.</summary>
    public byte[] Head() => Encoding.UTF8.GetBytes(
        $"{Method} {Target} {Version}\r\n{string.Concat(Headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n");

    /// <summary>All of it.</summary>
    public byte[] Bytes() => [.. Head(), .. Body];

    /// <summary>Sends it on a connection of its own; null: no answer, only an end.</summary>
    public async Task<RawAnswer?> AskAsync(RawTarget service, CancellationToken cancellationToken)
    {
        await using var connection = await RawConnection.OpenAsync(service, cancellationToken);
        try
        {
            await connection.SendAsync(Bytes(), cancellationToken);
        }
        catch (IOException)
        {
            // Refused before it was read to its end: the answer may be there all the same.
        }

        return await connection.AnswerAsync(cancellationToken);
    }
}
