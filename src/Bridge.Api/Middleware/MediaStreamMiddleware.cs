using System.Buffers;
using Bridge.Api.Configuration;
using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using Bridge.Infrastructure;
using Bridge.Infrastructure.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Middleware;

/// <summary>
/// The end of the pipeline below <c>/media-stream</c>: lets a socket in that brings a token of ours and Twilio's signature over it,
/// hands it to the bridge, and owns it until the call is over. What has not proved both is answered before the upgrade.
/// </summary>
internal sealed class MediaStreamMiddleware(CallBridge bridge, CallRegistry calls, CallOutcomes outcomes, StreamTokens tokens, TwilioProof proof, Refusals refusals, TwilioMediaSocketFactory sockets, BridgeMetrics metrics, IOptions<ServerOptions> server)
{
    /// <summary>What a subprotocol's name is made of (RFC 9110, section 5.6.2, "token"): it is repeated in a header.</summary>
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            await context.Response.WriteAsync("This address is for Twilio's media streams, which are WebSockets.");
            return;
        }

        if (Admit(context.Request, out var refusal) is not { } place)
        {
            refusals.Add(refusal, proof.Shown(context.Request, isSocket: true));
            context.Response.StatusCode = StatusOf(refusal);
            context.Response.Headers.Connection = "close";
            return;
        }

        using (place)
        {
            // Twilio asks for no subprotocol; who asks for some gets the first, as the sample this grew from did. No compression:
            // it gains nothing on speech, and lets a few bytes become many.
            var subProtocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(p => p.AsSpan().IndexOfAnyExcept(TokenCharacters) < 0);
            // No keep-alive: this socket is for the handshake only, and Twilio's audio shows that Twilio lives.
            using var accepted = await context.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { SubProtocol = subProtocol, DangerousEnableCompression = false, KeepAliveInterval = TimeSpan.Zero });
            var connection = ((MediaStreamUpgrade)context.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Connection!;
            await bridge.RunAsync(sockets.Create(connection, Pace(), context.Abort), place, context.RequestAborted);
        }
    }

    private FramePace? Pace() => server.Value.Limits.FramesPerSecond is > 0 and var most ? new FramePace(most, metrics.ReadingHeldUp) : null;

    /// <summary>Cheapest first: the token, the signature; and at the end, once only, its use.</summary>
    private CallRegistry.Place? Admit(HttpRequest request, out RefusalReason refusal)
    {
        if (tokens.Prove(request.Path.Value?.Trim('/'), out var fault) is not { } token)
        {
            refusal = fault switch
            {
                StreamTokenFault.UnknownKey => RefusalReason.UnknownKey,
                StreamTokenFault.Forged => RefusalReason.ForgedToken,
                _ => RefusalReason.GarbledToken,
            };
            return null;
        }

        if (proof.Doubt(request) is { } doubt)
        {
            refusal = doubt;
            return null;
        }

        var place = calls.TryAdmit(token, out var why);
        refusal = why switch
        {
            StreamRefusal.AlreadyUsed => RefusalReason.AlreadyUsed,
            StreamRefusal.Expired => RefusalReason.ExpiredToken,
            StreamRefusal.HalfOpen => RefusalReason.HalfOpen,
            StreamRefusal.Full => RefusalReason.Full,
            _ => RefusalReason.Stopping,
        };
        // Whoever comes with both proofs is Twilio, and has a caller on the line. Too late is helped by another stream.
        if (place is null && why != StreamRefusal.AlreadyUsed)
            outcomes.Missed(token.CallSid, why is StreamRefusal.Expired or StreamRefusal.HalfOpen ? CallEndReason.StreamLost : CallEndReason.Draining);
        return place;
    }

    private static int StatusOf(RefusalReason refusal) => refusal switch
    {
        RefusalReason.HalfOpen => StatusCodes.Status429TooManyRequests,
        RefusalReason.AlreadyUsed => StatusCodes.Status409Conflict,
        RefusalReason.Full or RefusalReason.Stopping => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status403Forbidden,
    };
}
