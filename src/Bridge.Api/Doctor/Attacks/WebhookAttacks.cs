using System.Security.Cryptography;
using Bridge.Application.IncomingCalls;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>Requests for TwiML by somebody who is not Twilio.</summary>
internal static class WebhookAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("unsigned post", "403", Needs.Nothing, (target, cancel) => PostAsync(target, TwilioPaths.IncomingCall, null, cancel)),
        new("unsigned get", "403", Needs.Nothing, UnsignedGetAsync),
        new("unsigned action", "403", Needs.Nothing, (target, cancel) => PostAsync(target, TwilioPaths.StreamEnded, null, cancel)),
        new("made-up signature", "403", Needs.Nothing, (target, cancel) => PostAsync(target, TwilioPaths.IncomingCall, _ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(20)), cancel)),
        new("field changed after signing", "403", Needs.Signature, (target, cancel) => PostAsync(target, TwilioPaths.IncomingCall, fields => target.Sign(target.Webhook, fields.Select(Changed)), cancel)),
        new("signature of another path", "403", Needs.Signature, (target, cancel) => PostAsync(target, TwilioPaths.StreamEnded, fields => target.Sign(target.Webhook, fields), cancel)),
        new("signed URL with a JSON body", "415 or 403", Needs.Signature, JsonAsync),
        new("post repeated", "same answer", Needs.Signature, RepeatedAsync),
    ];

    private static async Task<Outcome> PostAsync(AttackTarget target, string path, Func<Dictionary<string, string>, string>? sign, CancellationToken cancellationToken)
    {
        var fields = target.Fields();
        (string, string)[] signature = sign is null ? [] : [(TwilioRequestSignature.Header, sign(fields))];
        var request = new RawRequest("POST", target.Path(path)) { Headers = [SpoofAttacks.IsForm, .. signature], Body = RawRequest.Form(fields) };
        return Outcome.Of(await target.AskAsync(request, cancellationToken), 403);
    }

    private static async Task<Outcome> UnsignedGetAsync(AttackTarget target, CancellationToken cancellationToken) =>
        Outcome.Of(await target.AskAsync(new RawRequest("GET", $"{target.Path(TwilioPaths.IncomingCall)}?{RawRequest.Form(target.Fields())}"), cancellationToken), 403);

    private static KeyValuePair<string, string> Changed(KeyValuePair<string, string> field) => field.Key == "To" ? new("To", "another") : field;

    /// <summary>A validator that sees no form in JSON sees no fields either, and takes a signature over the URL alone.</summary>
    private static async Task<Outcome> JsonAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var request = new RawRequest("POST", target.Path(TwilioPaths.IncomingCall))
        {
            Headers = [("Content-Type", "application/json"), (TwilioRequestSignature.Header, target.Sign(target.Webhook))],
            Body = $$"""{"CallSid":"{{target.Fields()["CallSid"]}}","From":"anonymous"}""",
        };
        return Outcome.Of(await target.AskAsync(request, cancellationToken), 415, 403);
    }

    /// <summary>Twilio's signature has no time in it: who overheard a request can send it again, and must gain nothing by it.</summary>
    private static async Task<Outcome> RepeatedAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var fields = target.Fields();
        var first = await target.PostAsync(fields, cancellationToken);
        if (StreamAddress.Of(first) is null)
            throw new NotTriedException("the call was turned away");
        return await target.PostAsync(fields, cancellationToken) == first ? new(Verdict.Shut, "same answer") : new(Verdict.Open, "another answer");
    }
}
