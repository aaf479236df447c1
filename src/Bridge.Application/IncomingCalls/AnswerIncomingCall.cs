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
    : IRequest<string>, IFromTwilio;

/// <summary>Decides: carry the call, or turn it away while there is no room for it.</summary>
public sealed partial class AnswerIncomingCallHandler(
    CallRegistry calls,
    ModelCircuit circuit,
    IOptions<BridgeOptions> bridge,
    IOptions<TwilioOptions> options,
    ILogger<AnswerIncomingCallHandler> logger) : IRequestHandler<AnswerIncomingCall, string>
{
    /// <inheritdoc />
    public Task<string> Handle(AnswerIncomingCall request, CancellationToken cancellationToken)
    {
        var twilio = options.Value;
        var addresses = BridgeAddresses.Of(twilio.PublicBaseUrl, request.RequestHost, request.RequestPathBase);
        // The others have the same address: who stops leaves the call to them.
        var forOthers = calls.Draining && bridge.Value.Replicas > 1;
        if (circuit.IsOpen || (!forOthers && !calls.TryPromise(request.CallSid!)))
        {
            LogTurnedAway(request.CallSid!, calls.Active, calls.Draining, circuit.IsOpen);
            return Task.FromResult(twilio.BusyText.Length == 0 ? TwimlDocument.RejectBusy() : TwimlDocument.SayAndHangUp(twilio.IntroVoice, twilio.BusyText));
        }

        LogAnswered(request.CallSid!);
        return Task.FromResult(TwimlDocument.ConnectStream(
            addresses.Stream,
            addresses.StreamEnded,
            CallerFacts.Of(request.From, request.To, request.Direction),
            twilio.IntroVoice,
            twilio.HasIntro ? twilio.IntroText : null));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Webhook for {CallSid}: answered with a media stream")]
    private partial void LogAnswered(string callSid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook for {CallSid}: turned away; {Active} calls are on, draining: {Draining}, no model: {NoModel}")]
    private partial void LogTurnedAway(string callSid, int active, bool draining, bool noModel);
}
