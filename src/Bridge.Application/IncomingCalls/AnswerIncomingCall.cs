using Bridge.Application.Calls;
using Bridge.Application.Options;
using FluentValidation;
using FluentValidation.Results;
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
public sealed record AnswerIncomingCall(string? CallSid, string? From, string? To, string? Direction, string RequestHost, string RequestPathBase) : IRequest<string>;

/// <summary>Decides: carry the call, or turn it away while there is no room for it.</summary>
public sealed partial class AnswerIncomingCallHandler(
    CallRegistry calls,
    IOptions<TwilioOptions> options,
    ILogger<AnswerIncomingCallHandler> logger) : IRequestHandler<AnswerIncomingCall, string>
{
    /// <summary>The path of the media socket, below the public base address.</summary>
    public const string StreamPath = "/media-stream";

    /// <inheritdoc />
    public Task<string> Handle(AnswerIncomingCall request, CancellationToken cancellationToken)
    {
        if (!calls.HasRoom)
        {
            LogTurnedAway(request.CallSid!, calls.Active, calls.Draining);
            return Task.FromResult(TwimlDocument.RejectBusy());
        }

        var twilio = options.Value;
        LogAnswered(request.CallSid!);
        return Task.FromResult(TwimlDocument.ConnectStream(
            StreamUrl(twilio.PublicBaseUrl, request),
            CallerFacts(request),
            twilio.IntroVoice,
            twilio.HasIntro ? twilio.IntroText : null,
            twilio.ApologyText));
    }

    /// <summary>Twilio drops a stream URL's query string, so there is none.</summary>
    private static Uri StreamUrl(Uri? publicBase, AnswerIncomingCall request)
    {
        var (host, path) = publicBase is null ? (request.RequestHost, request.RequestPathBase) : (publicBase.Authority, publicBase.AbsolutePath);
        return Uri.TryCreate($"wss://{host}{path.TrimEnd('/')}{StreamPath}", UriKind.Absolute, out var url) && url.UserInfo.Length == 0
            ? url
            : throw new ValidationException([new ValidationFailure("Host", "Host must be a host name, with a port if it is not 443; or PUBLIC_BASE_URL must be set.")]);
    }

    /// <summary>The stream's <c>start</c> message does not say who calls; what it shall know is handed on here.</summary>
    private static IEnumerable<KeyValuePair<string, string>> CallerFacts(AnswerIncomingCall request)
    {
        (string Name, string? Value)[] facts = [("From", request.From), ("To", request.To), ("Direction", request.Direction)];
        return facts.Where(f => !string.IsNullOrEmpty(f.Value)).Select(f => KeyValuePair.Create(f.Name, f.Value!));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Webhook for {CallSid}: answered with a media stream")]
    private partial void LogAnswered(string callSid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook for {CallSid}: turned away busy; {Active} calls are on, draining: {Draining}")]
    private partial void LogTurnedAway(string callSid, int active, bool draining);
}
