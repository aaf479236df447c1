using System.Runtime.CompilerServices;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;

namespace Bridge.Api.Doctor;

/// <summary>Calls the deployment from outside, step by step as Twilio does, up to the point where a call would begin.</summary>
internal sealed class PublicExam(Patient patient, DoctorBounds bounds) : IExam
{
    public string Name => "public address";

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!patient.Starts)
        {
            yield return Finding.Skipped("the settings have to be mended first");
            yield break;
        }

        var twilio = patient.Options<TwilioOptions>();
        if (twilio.PublicBaseUrl is not { } address)
        {
            yield return Finding.Skipped("PUBLIC_BASE_URL is not set: set it to the https address that Twilio calls, without /incoming-call, and the doctor calls it too");
            yield break;
        }

        using var outside = new OutsideClient(address, bounds);
        var reached = await TryAsync(() => ReachAsync(outside, address, cancellationToken));
        yield return reached;
        if (reached.Weight == Weight.Fail)
            yield break;
        yield return await TryAsync(() => KnockAsync(outside, address, twilio, cancellationToken));
        if (twilio.AuthTokens.Count == 0)
        {
            yield return Finding.Skipped("TWILIO_AUTH_TOKEN is not set here: a signed webhook and its media stream cannot be tried");
            yield break;
        }

        var webhook = new SignedWebhook(outside, address, twilio);
        yield return await TryAsync(() => webhook.AskAsync(cancellationToken));
        if (webhook.Stream is { } stream)
            yield return await TryAsync(() => new StreamKnock(address, bounds).TryAsync(stream, webhook.AuthToken, cancellationToken));
    }

    private static async Task<Finding> ReachAsync(OutsideClient outside, Uri address, CancellationToken cancellationToken)
    {
        var answer = await outside.GetAsync(new Uri(SignatureCandidates.Base(address) + "/health/live"), cancellationToken);
        if (answer.Status != 200)
            return answer.Explain("GET /health/live");
        return answer.Body.StartsWith("Healthy", StringComparison.Ordinal)
            ? Finding.Ok($"{OutsideText.Clean(address.Authority)} is reached, and Bridge answers there")
            : Finding.Fail(
                $"{OutsideText.Clean(address.Authority)} is reached, and something else answers there: \"{OutsideText.Clean(answer.Body, 40)}\"",
                "point the proxy or the tunnel at the HOST and PORT of this service; some tunnels show a page of their own first, which Twilio cannot click away");
    }

    /// <summary>Nobody may come in without a signature.</summary>
    private static async Task<Finding> KnockAsync(OutsideClient outside, Uri address, TwilioOptions twilio, CancellationToken cancellationToken)
    {
        var answer = await outside.PostAsync(new Uri(SignatureCandidates.Webhook(address)), ProbeCall.Fields(ProbeCall.Account(twilio)), signature: null, cancellationToken);
        return answer.Status switch
        {
            403 => Finding.Ok("a webhook without a signature is refused"),
            >= 200 and < 300 or 400 or 410 => Finding.Fail(
                $"a webhook without a signature is answered {answer.Status}: anyone who finds the address can hold conversations on your key",
                "set TWILIO_AUTH_TOKEN in the deployment, and see that TWILIO_VALIDATE_SIGNATURES is not off there"),
            _ => answer.Explain($"POST {TwilioPaths.IncomingCall}"),
        };
    }

    private static async Task<Finding> TryAsync(Func<Task<Finding>> step)
    {
        try
        {
            return await step();
        }
        catch (OutsideException e)
        {
            return e.AsFinding();
        }
    }
}
