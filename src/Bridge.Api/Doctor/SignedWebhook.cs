using Bridge.Application.Options;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor;

/// <summary>Asks for TwiML as Twilio would for a call, and finds out why a right signature is refused.</summary>
internal sealed class SignedWebhook(OutsideClient outside, Uri address, TwilioOptions twilio)
{
    private readonly Dictionary<string, string> _fields = ProbeCall.Fields(ProbeCall.Account(twilio));
    private readonly Uri _webhook = new(SignatureCandidates.Webhook(address));

    /// <summary>Where the answer sends the caller; null when it does not, or not to us.</summary>
    public StreamAddress? Stream { get; private set; }

    /// <summary>The token whose signature was accepted.</summary>
    public Secret AuthToken { get; private set; } = twilio.AuthTokens[0];

    public async Task<Finding> AskAsync(CancellationToken cancellationToken)
    {
        foreach (var token in twilio.AuthTokens)
        {
            var answer = await PostAsync(token, _webhook.OriginalString, cancellationToken);
            if (answer.Status != 403)
            {
                AuthToken = token;
                return Read(answer);
            }
        }

        return await WhyAsync(cancellationToken);
    }

    private Finding Read(OutsideAnswer answer)
    {
        if (answer.Status != 200)
            return answer.Explain("a signed webhook");
        if (StreamAddress.Of(answer.Body) is not { } stream)
        {
            return Finding.Warn(
                "a signed webhook is accepted, and the call is turned away",
                "the service is full, stopping, over MAX_CALL_SETUPS_PER_SECOND, or has no model: its log says which, and /health/ready says whether");
        }

        if (!stream.IsBelow(address))
        {
            return Finding.Fail(
                $"a signed webhook is accepted, and the caller is sent to {OutsideText.Clean(stream.Parsed.GetLeftPart(UriPartial.Authority))}, which is not the public address",
                "set PUBLIC_BASE_URL in the deployment to what it is here");
        }

        Stream = stream;
        return Finding.Ok($"a signed webhook is answered with a media stream at {OutsideText.Clean(stream.Parsed.Authority)}");
    }

    /// <summary>The signature is right, so the deployment makes another one of it: over another address, or with another token.</summary>
    private async Task<Finding> WhyAsync(CancellationToken cancellationToken)
    {
        foreach (var url in SignatureCandidates.Of(address))
        {
            if ((await PostAsync(twilio.AuthTokens[0], url, cancellationToken)).Status == 403)
                continue;
            return Finding.Fail(
                $"a signature over {OutsideText.Clean(_webhook.OriginalString)} is refused, one over {OutsideText.Clean(url)} is accepted: the deployment takes that for its address",
                $"set PUBLIC_BASE_URL in the deployment to {OutsideText.Clean(SignatureCandidates.Base(address))}, and let the Twilio console have {OutsideText.Clean(_webhook.OriginalString)}, letter by letter");
        }

        return Finding.Fail(
            "a signed webhook is refused, whatever spelling of the address is signed",
            $"TWILIO_AUTH_TOKEN must be the same here, in the deployment and in the Twilio console; PUBLIC_BASE_URL there must be {OutsideText.Clean(SignatureCandidates.Base(address))}; "
                + (twilio.AccountSids.Count == 0 ? "if TWILIO_ACCOUNT_SID is set there, set it here too" : "TWILIO_ACCOUNT_SID there must have the first one that is set here"));
    }

    private Task<OutsideAnswer> PostAsync(Secret token, string signedUrl, CancellationToken cancellationToken) =>
        outside.PostAsync(_webhook, _fields, TwilioRequestSignature.Sign(token.Reveal(), signedUrl, _fields), cancellationToken);
}
