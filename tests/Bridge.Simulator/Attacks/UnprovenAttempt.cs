using System.Security.Cryptography;
using System.Text;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Attacks;

/// <summary>One way to try to get in without being Twilio. None needs the auth token; some have overheard a call.</summary>
/// <param name="Name">What is tried.</param>
/// <param name="Request">The request; the number makes each a little different.</param>
public sealed record UnprovenAttempt(string Name, Func<OverheardCall, int, byte[]> Request)
{
    private const string Other = "another-token";

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<UnprovenAttempt> All { get; } =
    [
        Post("an unsigned webhook", (call, _) => call.Webhook.Without(TwilioSignature.Header)),
        Post("a webhook with an empty signature", (call, _) => call.Webhook.Instead(TwilioSignature.Header, "")),
        Post("a webhook with a signature of chance", (call, _) => call.Webhook.Instead(TwilioSignature.Header, Convert.ToBase64String(RandomNumberGenerator.GetBytes(20)))),
        Post("a webhook signed with another token", (call, _) => Forged(call, new(call.Form) { ["CallSid"] = OverheardCall.NewCallSid() })),
        Post("an overheard webhook for another call", (call, _) => Changed(call, "CallSid", OverheardCall.NewCallSid())),
        Post("an overheard webhook with another caller", (call, number) => Changed(call, "From", FormattableString.Invariant($"+1555{number:D7}"))),
        Post("an overheard webhook with a further field", (call, number) => Changed(call, FormattableString.Invariant($"Extra{number}"), "")),
        Post("an overheard webhook with a field less", (call, _) => RawRequest.Form(call.PublicUrl, "/incoming-call", call.Form.Where(field => field.Key != "StirVerstat")).With(TwilioSignature.Header, call.WebhookSignature)),
        Post("an overheard webhook with a query", (call, number) => call.Webhook with { Target = $"/incoming-call?n={number}" }),
        Post("an overheard webhook at the action", (call, _) => call.Webhook with { Target = "/stream-ended" }),
        Post("an unsigned action", (call, _) => RawRequest.Form(call.PublicUrl, "/stream-ended", call.Form)),
        Post("a webhook as JSON", (call, _) => RawRequest.Post(call.PublicUrl, "/incoming-call", "application/json", Encoding.UTF8.GetBytes($$"""{"CallSid":"{{OverheardCall.NewCallSid()}}"}""")).With(TwilioSignature.Header, call.WebhookSignature)),
        Post("an unsigned GET", (call, number) => new RawRequest("GET", $"/incoming-call?CallSid={OverheardCall.NewCallSid()}&From=%2B1555{number:D7}").With("Host", call.PublicUrl.Authority)),
        Post("a webhook for another host", (call, _) => Elsewhere(call, new("https://attacker.test")).With("X-Forwarded-Host", "attacker.test").With("X-Forwarded-Proto", "https").With("Forwarded", "host=attacker.test;proto=https")),
        Post("a webhook in disguise", (call, _) => call.Webhook.Without(TwilioSignature.Header).With("X-Original-URL", "/health/live").With("X-HTTP-Method-Override", "GET")),
        Stream("a socket without token or signature", (call, _) => RawRequest.Handshake(call.PublicUrl, "/media-stream")),
        Stream("a socket without signature", (call, _) => call.Handshake.Without(TwilioSignature.Header)),
        Stream("a socket with a token of chance", (call, _) => Socket(call, "/media-stream/v1.k1." + Chance(120) + "." + Chance(32))),
        Stream("a socket with a shortened token", (call, number) => Socket(call, call.StreamPath[..^(1 + (number % 40))])),
        Stream("a socket with another letter in the token", (call, number) => Socket(call, Altered(call.StreamPath, number))),
        Stream("a socket with a token twice", (call, _) => Socket(call, call.StreamPath + "/" + call.Token)),
        Stream("a socket with another path before the token", (call, _) => Socket(call, "/media-stream/../media-stream/" + call.Token)),
        Stream("a socket signed with another token", (call, _) => RawRequest.Handshake(call.PublicUrl, call.StreamPath).SignedWith(Other, call.StreamUrl)),
        Stream("a socket with the webhook's signature", (call, _) => call.Handshake.Instead(TwilioSignature.Header, call.WebhookSignature)),
        Stream("a socket from a page of another site", (call, _) => call.Handshake.With("Origin", "https://attacker.test")),
        Stream("a stream that was overheard, to the letter", (call, _) => call.Handshake),
        // With an end, so that it is answered: half of anything is another attempt.
        new("garbage", (_, number) => [.. RandomNumberGenerator.GetBytes(1 + (number % 400)), .. "\r\n\r\n"u8]),
        new("half a request", (call, number) => call.Handshake.Bytes()[..(20 + (number % 200))]),
        new("frames without a handshake", (_, _) => Faults.RawFrame.Make(Faults.RawFrame.Text, """{"event":"start"}"""u8, mask: 1)),
    ];

    /// <summary>Tries it on a connection of its own: the answer's status, or 0 when there was none.</summary>
    public async Task<int> TryAsync(RawTarget service, OverheardCall call, int number, CancellationToken cancellationToken)
    {
        await using var connection = await RawConnection.OpenAsync(service, cancellationToken);
        try
        {
            await connection.SendAsync(Request(call, number), cancellationToken);
            // Who sent half a request goes away, and does not wait until it is thrown out.
            return Name == "half a request" ? 0 : (await connection.AnswerAsync(cancellationToken))?.Status ?? 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static UnprovenAttempt Post(string name, Func<OverheardCall, int, RawRequest> request) =>
        new(name, (call, number) => request(call, number).With("Connection", "close").Bytes());

    private static UnprovenAttempt Stream(string name, Func<OverheardCall, int, RawRequest> request) => new(name, (call, number) => request(call, number).Bytes());

    private static RawRequest Socket(OverheardCall call, string path) =>
        RawRequest.Handshake(call.PublicUrl, path).With(TwilioSignature.Header, call.StreamSignature);

    private static RawRequest Changed(OverheardCall call, string name, string value) =>
        RawRequest.Form(call.PublicUrl, "/incoming-call", new Dictionary<string, string>(call.Form) { [name] = value }).With(TwilioSignature.Header, call.WebhookSignature);

    private static RawRequest Forged(OverheardCall call, Dictionary<string, string> form) =>
        RawRequest.Form(call.PublicUrl, "/incoming-call", form).SignedWith(Other, new Uri(call.PublicUrl, "/incoming-call").ToString(), form);

    private static RawRequest Elsewhere(OverheardCall call, Uri attacker) =>
        RawRequest.Form(attacker, "/incoming-call", call.Form).SignedWith(Other, new Uri(attacker, "/incoming-call").ToString(), call.Form);

    private static string Altered(string path, int number)
    {
        var letters = path.ToCharArray();
        var at = path.Length - 1 - (number % 100);
        letters[at] = letters[at] == 'A' ? 'B' : 'A';
        return new string(letters);
    }

    private static string Chance(int bytes) => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
