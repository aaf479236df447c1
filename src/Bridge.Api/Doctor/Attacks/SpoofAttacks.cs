using Bridge.Application.IncomingCalls;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>
/// A signature that Twilio made for another address of the same account, and headers that say the service has that address. Who
/// believes them takes a request that was overheard elsewhere.
/// </summary>
internal static class SpoofAttacks
{
    private const string ElseWhere = "elsewhere.example";

    /// <summary>Every form says what it is.</summary>
    public static readonly (string, string) IsForm = ("Content-Type", "application/x-www-form-urlencoded");

    public static IReadOnlyList<Attack> All { get; } =
    [
        Of("X-Forwarded-Host spoofed", At(ElseWhere), ("X-Forwarded-Host", ElseWhere), ("X-Original-Host", ElseWhere), ("Forwarded", $"host={ElseWhere};proto=https")),
        Of("X-Forwarded-Proto spoofed", OtherScheme, target => [("X-Forwarded-Proto", OtherScheme(target).Split(':')[0]), ("X-Forwarded-Scheme", OtherScheme(target).Split(':')[0])]),
        Of("X-Forwarded-Port spoofed", target => At($"{target.Address.Host}:8444")(target), ("X-Forwarded-Port", "8444"), ("X-Forwarded-Proto", "https")),
        Of("X-Forwarded-Prefix spoofed", target => $"{SignatureCandidates.Base(target.Address)}/elsewhere{TwilioPaths.IncomingCall}", ("X-Forwarded-Prefix", "/elsewhere")),
        Of("X-Original-URL spoofed", Action, target => [("X-Original-URL", target.Path(TwilioPaths.StreamEnded)), ("X-Rewrite-URL", target.Path(TwilioPaths.StreamEnded))]),
        new("Host spoofed", "403", Needs.Signature, (target, cancel) => TryAsync(target, At(ElseWhere)(target), [], ElseWhere, cancel)),
        new("method overridden", "403", Needs.Signature, MethodAsync),
    ];

    private static Attack Of(string name, Func<AttackTarget, string> signed, params (string, string)[] headers) => Of(name, signed, _ => headers);

    private static Attack Of(string name, Func<AttackTarget, string> signed, Func<AttackTarget, (string, string)[]> headers) =>
        new(name, "403", Needs.Signature, (target, cancel) => TryAsync(target, signed(target), headers(target), null, cancel));

    private static Func<AttackTarget, string> At(string authority) => target => $"https://{authority}{target.Path(TwilioPaths.IncomingCall)}";

    private static string OtherScheme(AttackTarget target) =>
        target.Webhook.StartsWith("https:", StringComparison.Ordinal) ? "http" + target.Webhook["https".Length..] : "https" + target.Webhook["http".Length..];

    private static string Action(AttackTarget target) => SignatureCandidates.Base(target.Address) + TwilioPaths.StreamEnded;

    private static async Task<Outcome> TryAsync(AttackTarget target, string signed, (string, string)[] headers, string? host, CancellationToken cancellationToken)
    {
        var fields = target.Fields();
        var request = new RawRequest("POST", target.Path(TwilioPaths.IncomingCall))
        {
            Host = host,
            Headers = [IsForm, (TwilioRequestSignature.Header, target.Sign(signed, fields)), .. headers],
            Body = RawRequest.Form(fields),
        };
        var answer = await target.AskAsync(request, cancellationToken);
        // What stands in front of a service may know no host of that name, or several, and say so in its own way.
        return host is not null && answer is { Status: >= 400 and < 500 } ? new(Verdict.Shut, $"{answer.Status}") : Outcome.Of(answer, 403);
    }

    /// <summary>A GET has no fields to sign: who believes the header checks a post as one.</summary>
    private static async Task<Outcome> MethodAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var request = new RawRequest("POST", target.Path(TwilioPaths.IncomingCall))
        {
            Headers = [IsForm, (TwilioRequestSignature.Header, target.Sign(target.Webhook)), ("X-HTTP-Method-Override", "GET"), ("X-HTTP-Method", "GET")],
            Body = RawRequest.Form(target.Fields()),
        };
        return Outcome.Of(await target.AskAsync(request, cancellationToken), 403);
    }
}
