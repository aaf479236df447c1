using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Application.Sessions;
using MediatR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.IncomingCalls;

/// <summary>Twilio asks what to do with a call. The answer is TwiML.</summary>
/// <param name="CallSid">Twilio's name of the call.</param>
/// <param name="From">The caller: a number, <c>anonymous</c>, <c>client:…</c>, <c>sip:…</c>; may be missing.</param>
/// <param name="To">The number called.</param>
/// <param name="Direction"><c>inbound</c>, <c>outbound-api</c> or <c>outbound-dial</c>.</param>
/// <param name="RequestHost">The host and port the request came to, as it says itself; empty when it does not.</param>
/// <param name="RequestPathBase">The path below which the service was reached; empty for none.</param>
public sealed record AnswerIncomingCall(string? CallSid, string? From, string? To, string? Direction, string RequestHost, string RequestPathBase)
    : IRequest<TwilioAnswer>, IFromTwilio
{
    /// <inheritdoc />
    public string? AccountSid { get; init; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Circumstances { get; init; } = new Dictionary<string, string>();
}

/// <summary>What Twilio is told.</summary>
/// <param name="Twiml">What to do with the call.</param>
/// <param name="IsGone">The call that was asked about is over: such a question is not Twilio's, but somebody's who overheard it.</param>
public sealed record TwilioAnswer(string Twiml, bool IsGone = false);

/// <summary>Decides: carry the call, or turn it away while there is no room for it.</summary>
public sealed partial class AnswerIncomingCallHandler(
    CallRegistry calls,
    ModelCircuit circuit,
    BridgeMetrics metrics,
    IOptions<TwilioOptions> options,
    IOptions<AssistantOptions> assistant,
    ILogger<AnswerIncomingCallHandler> logger) : IRequestHandler<AnswerIncomingCall, TwilioAnswer>
{
    /// <inheritdoc />
    public Task<TwilioAnswer> Handle(AnswerIncomingCall request, CancellationToken cancellationToken)
    {
        var twilio = options.Value;
        // Before anything is promised: a place for an address that is none would be held for nobody.
        _ = BridgeAddresses.Of(twilio.PublicBaseUrl, request.RequestHost, request.RequestPathBase, "");
        var number = CallerNumber.Of(request.From, request.To, request.Direction);
        var promise = calls.TryPromise(request.CallSid!, request.AccountSid, number, circuit.IsOpen ? TurnedAway.NoModel : null);
        if (promise.Why is { } why)
            return Task.FromResult(TurnAway(request.CallSid!, number, why));

        LogAnswered(request.CallSid!);
        var addresses = BridgeAddresses.Of(twilio.PublicBaseUrl, request.RequestHost, request.RequestPathBase, promise.Token!);
        return Task.FromResult(new TwilioAnswer(TwimlDocument.ConnectStream(
            addresses.Stream,
            addresses.StreamEnded,
            CallerFacts.Of(request, assistant.Value.CallerContext),
            twilio.IntroVoice,
            twilio.HasIntro ? twilio.IntroText : null)));
    }

    private TwilioAnswer TurnAway(string callSid, CallerNumber? number, TurnedAway why)
    {
        metrics.TurnedAway(why);
        LogTurnedAway(callSid, why, calls.Active, number?.ToString() ?? "hidden");
        var twilio = options.Value;
        return why == TurnedAway.Ended ? new TwilioAnswer(TwimlDocument.HangUp(), IsGone: true)
            : new TwilioAnswer(twilio.BusyText.Length == 0 ? TwimlDocument.RejectBusy() : TwimlDocument.SayAndHangUp(twilio.IntroVoice, twilio.BusyText));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Webhook for {CallSid}: answered with a media stream")]
    private partial void LogAnswered(string callSid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook for {CallSid}: turned away, {Why}; {Active} calls are on, the caller is {CallerHash}")]
    private partial void LogTurnedAway(string callSid, TurnedAway why, int active, string callerHash);
}
