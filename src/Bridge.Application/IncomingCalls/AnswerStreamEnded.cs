using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using MediatR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.IncomingCalls;

/// <summary>A media stream is over and Twilio asks what to do with its call (<c>Connect</c>'s <c>action</c>). The answer is TwiML.</summary>
/// <param name="CallSid">Twilio's name of the call.</param>
/// <param name="From">The caller; may be missing.</param>
/// <param name="To">The number called.</param>
/// <param name="Direction"><c>inbound</c>, <c>outbound-api</c> or <c>outbound-dial</c>.</param>
/// <param name="RequestHost">The host and port the request came to, as it says itself; empty when it does not.</param>
/// <param name="RequestPathBase">The path below which the service was reached; empty for none.</param>
public sealed record AnswerStreamEnded(string? CallSid, string? From, string? To, string? Direction, string RequestHost, string RequestPathBase)
    : IRequest<TwilioAnswer>, IFromTwilio
{
    /// <inheritdoc />
    public string? AccountSid { get; init; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Circumstances { get; init; } = new Dictionary<string, string>();
}

/// <summary>Decides by what became of the stream: hang up, say why, hand the call over, or open another stream that goes on.</summary>
public sealed partial class AnswerStreamEndedHandler(
    CallOutcomes outcomes, CallRegistry calls, IOptions<TwilioOptions> options, IOptions<AssistantOptions> assistant, ILogger<AnswerStreamEndedHandler> logger)
    : IRequestHandler<AnswerStreamEnded, TwilioAnswer>
{
    /// <summary>A call whose streams break again and again is not helped by another.</summary>
    private const int MostStreams = 3;

    /// <inheritdoc />
    public async Task<TwilioAnswer> Handle(AnswerStreamEnded request, CancellationToken cancellationToken)
    {
        if (outcomes.AnswerBefore(request.CallSid!) is { } before)
            return new TwilioAnswer(before);
        var outcome = await outcomes.TakeAsync(request.CallSid!, cancellationToken);
        LogAsked(request.CallSid!, outcome?.Reason);
        var twiml = outcome switch
        {
            null or { Reason: CallEndReason.CallerHungUp } or { GoodbyeHeard: true } => TwimlDocument.HangUp(),
            { Reason: CallEndReason.Idle or CallEndReason.TooLong } => TwimlDocument.SayAndHangUp(options.Value.IntroVoice, options.Value.GoodbyeText),
            { Reason: CallEndReason.StreamLost or CallEndReason.StreamStuck, Streams: < MostStreams } => Resume(request),
            _ => Net(),
        };
        outcomes.Answer(request.CallSid!, twiml);
        return new TwilioAnswer(twiml);
    }

    /// <summary>The model's memory of the conversation is handed to the next stream.</summary>
    private string Resume(AnswerStreamEnded request)
    {
        // Before anything is promised: a place for an address that is none would be held for nobody.
        _ = BridgeAddresses.Of(options.Value.PublicBaseUrl, request.RequestHost, request.RequestPathBase, "");
        outcomes.PromiseToResume(request.CallSid!);
        var token = calls.PromiseAgain(request.CallSid!, request.AccountSid, CallerNumber.Of(request.From, request.To, request.Direction));
        var addresses = BridgeAddresses.Of(options.Value.PublicBaseUrl, request.RequestHost, request.RequestPathBase, token);
        return TwimlDocument.ConnectStream(addresses.Stream, addresses.StreamEnded, CallerFacts.Of(request, assistant.Value.CallerContext), options.Value.IntroVoice, intro: null);
    }

    private string Net()
    {
        var twilio = options.Value;
        return twilio.FallbackPhoneNumber.Length > 0
            ? TwimlDocument.Dial(twilio.IntroVoice, twilio.TransferText, twilio.FallbackPhoneNumber)
            : TwimlDocument.SayAndHangUp(twilio.IntroVoice, twilio.ApologyText);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The stream of {CallSid} is over and its caller still there: {Reason}")]
    private partial void LogAsked(string callSid, CallEndReason? reason);
}
