using System.Net.WebSockets;
using Bridge.Application.Options;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor;

/// <summary>Opens the media stream as Twilio does, and closes it before <c>start</c>: no model is dialled for it.</summary>
internal sealed class StreamKnock(Uri address, DoctorBounds bounds)
{
    public async Task<Finding> TryAsync(StreamAddress stream, Secret authToken, CancellationToken cancellationToken)
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(bounds.Answer);
        using var socket = new ClientWebSocket();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !address.IsLoopback, ConnectTimeout = bounds.Answer });
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader(TwilioRequestSignature.Header, TwilioRequestSignature.Sign(authToken.Reveal(), stream.Url));
        try
        {
            await socket.ConnectAsync(stream.DialledAs(address), http, inTime.Token);
        }
        catch (Exception e) when (OutsideException.Explains(e) && !cancellationToken.IsCancellationRequested)
        {
            return (int)socket.HttpStatusCode is var status and not (0 or 101) ? Explain(status) : OutsideException.Of(e, address).AsFinding();
        }

        await CloseAsync(socket, inTime.Token);
        return Finding.Ok("the media stream opens");
    }

    private static async Task CloseAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (Exception e) when (OutsideException.Explains(e))
        {
            // It opened, which was the question.
        }
    }

    private static Finding Explain(int status) => status switch
    {
        200 or 400 or 426 => Finding.Fail(
            $"the media stream is answered {status} in place of an upgrade: what stands in front of the service does not pass the WebSocket handshake on",
            "pass on Upgrade and Connection (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\"), on /media-stream and below"),
        403 => Finding.Fail(
            "the media stream is refused (403), though the webhook's signature is accepted",
            "see that the proxy leaves the path below /media-stream/ and the header X-Twilio-Signature as they are, and that all replicas have the same STREAM_TOKEN_KEYS"),
        404 => Finding.Fail("the media stream's path is not found (404)", "pass /media-stream and everything below it on to the service, with or without the base path"),
        409 => Finding.Fail("the media stream is refused (409): its token is said to be used", "see that the proxy sends a handshake once, and does not try it again"),
        429 => Finding.Warn("the media stream is refused for now (429): too many are being opened", "try again; if it stays, somebody is trying the door: the log counts the refusals"),
        503 => Finding.Warn("the media stream is refused for now (503): the service is full or stopping", "try again when it is not"),
        _ => new OutsideAnswer(status, "", null, null, default).Explain("the media stream"),
    };
}
