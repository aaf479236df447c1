using System.Buffers;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Infrastructure;

namespace Bridge.Api.Middleware;

/// <summary>The end of the pipeline below <c>/media-stream</c>: accepts the socket, hands it to the bridge, and owns it until the call is over.</summary>
internal sealed class MediaStreamMiddleware(CallBridge bridge, CallRegistry calls, TwilioMediaSocketFactory sockets)
{
    /// <summary>What a subprotocol's name is made of (RFC 9110, section 5.6.2, "token"): it is repeated in a header.</summary>
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.HasValue && context.Request.Path != "/")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            await context.Response.WriteAsync("This address is for Twilio's media streams, which are WebSockets.");
            return;
        }

        if (!calls.MayEnter)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // Twilio asks for no subprotocol; who asks for some gets the first, as the sample this grew from did.
        var subProtocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(p => p.AsSpan().IndexOfAnyExcept(TokenCharacters) < 0);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(subProtocol);
        await bridge.RunAsync(sockets.Create(socket), context.RequestAborted);
    }
}
