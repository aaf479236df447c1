using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Attacks;

/// <summary>
/// What somebody has who overheard one genuine call (in a proxy's log, say), but not the auth token: its requests with their signatures.
/// </summary>
/// <param name="PublicUrl">The service's public address.</param>
/// <param name="Form">The webhook's fields.</param>
/// <param name="WebhookSignature">Their signature.</param>
/// <param name="StreamUrl">The stream's address, as the answer had it.</param>
/// <param name="StreamSignature">The signature of its handshake.</param>
public sealed record OverheardCall(
    Uri PublicUrl, IReadOnlyDictionary<string, string> Form, string WebhookSignature, string StreamUrl, string StreamSignature)
{
    /// <summary>The path of the stream's address, token and all.</summary>
    public string StreamPath => new Uri(StreamUrl).AbsolutePath;

    /// <summary>The token alone.</summary>
    public string Token => StreamPath[(StreamPath.LastIndexOf('/') + 1)..];

    /// <summary>Places a genuine call as far as its webhook: the stream is still to be dialled by whoever wishes.</summary>
    public static async Task<OverheardCall> PlaceAsync(FakeCallerOptions caller, CancellationToken cancellationToken, RawTarget? service = null)
    {
        var publicUrl = caller.PublicUrl ?? throw new ArgumentException("A public address is needed.", nameof(caller));
        var form = new TwilioRequests(caller, caller.Clock).Form(caller.CallSid ?? NewCallSid(), "ringing");
        var url = publicUrl.OriginalString.TrimEnd('/') + caller.Webhook.AbsolutePath;
        var request = RawRequest.Form(publicUrl, caller.Webhook.AbsolutePath, form).SignedWith(caller.AuthToken!, url, form);
        var answer = await request.AskAsync(service ?? caller.Webhook, cancellationToken);
        var twiml = answer is { Status: 200 }
            ? TwimlAnswer.Parse(answer.Header("Content-Type")?.Split(';')[0], answer.Body.Length, answer.Text)
            : throw new InvalidOperationException($"A genuine call was answered with {answer?.Status}: {answer?.Text}");
        return new OverheardCall(
            publicUrl, form, request.Headers.Single(header => header.Key == TwilioSignature.Header).Value, twiml.StreamUrlAsWritten,
            TwilioSignature.Sign(caller.AuthToken!, twiml.StreamUrlAsWritten));
    }

    /// <summary>A new call's identity.</summary>
    public static string NewCallSid() => "CA" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));

    /// <summary>The webhook once more, to the letter.</summary>
    public RawRequest Webhook => RawRequest.Form(PublicUrl, "/incoming-call", Form).With(TwilioSignature.Header, WebhookSignature);

    /// <summary>The handshake once more, to the letter.</summary>
    public RawRequest Handshake => RawRequest.Handshake(PublicUrl, StreamPath).With(TwilioSignature.Header.ToLowerInvariant(), StreamSignature);

    /// <summary>The <c>start</c> message of its stream.</summary>
    public string Start(string? callSid = null, string? accountSid = null) =>
        new TwilioWire("MZ" + new string('5', 32), new TwilioSpelling()).Start(accountSid ?? Form["AccountSid"], callSid ?? Form["CallSid"], new Dictionary<string, string>());
}
