using Bridge.Application.IncomingCalls;
using MediatR;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;

namespace Bridge.Api.Controllers;

/// <summary>
/// The voice webhook: a form from Twilio, TwiML for an answer. https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application.
/// </summary>
[TypeFilter<WebhookExceptionFilter>]
public sealed class IncomingCallController(IMediator mediator) : ControllerBase
{
    /// <summary>Twilio posts a form, or gets with a query: the number's configuration decides.</summary>
    [HttpGet("/incoming-call")]
    [HttpPost("/incoming-call")]
    public async Task<ContentResult> AnswerAsync(CancellationToken cancellationToken)
    {
        var fields = await ReadFieldsAsync(cancellationToken);
        var twiml = await mediator.Send(
            new AnswerIncomingCall(fields("CallSid"), fields("From"), fields("To"), fields("Direction"), RequestBase()),
            cancellationToken);
        // With the whole document at hand the answer has a Content-Length; a chunked one has been cut short by Twilio before.
        return Content(twiml, "text/xml");
    }

    private async Task<Func<string, string?>> ReadFieldsAsync(CancellationToken cancellationToken)
    {
        if (HttpMethods.IsGet(Request.Method))
            return name => Request.Query[name];
        if (!Request.HasFormContentType)
            return _ => null;
        var form = await Request.ReadFormAsync(cancellationToken);
        return name => form[name];
    }

    /// <summary>Where this request was sent to, as far as it says.</summary>
    private Uri RequestBase() => new(UriHelper.BuildAbsolute(Request.Scheme, Request.Host, Request.PathBase));
}
