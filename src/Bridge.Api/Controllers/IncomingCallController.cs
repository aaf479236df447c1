using Bridge.Application.IncomingCalls;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Bridge.Api.Controllers;

/// <summary>
/// The voice webhook: a form from Twilio, TwiML for an answer. https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application.
/// </summary>
[TypeFilter<WebhookExceptionFilter>]
public sealed class IncomingCallController(IMediator mediator) : ControllerBase
{
    /// <summary>Twilio posts a form, or gets with a query: the number's configuration decides.</summary>
    [HttpGet(TwilioPaths.IncomingCall)]
    [HttpPost(TwilioPaths.IncomingCall)]
    public async Task<ContentResult> AnswerAsync(CancellationToken cancellationToken)
    {
        var fields = HttpContext.Features.GetRequiredFeature<TwilioFields>();
        var answer = await mediator.Send(
            new AnswerIncomingCall(fields["CallSid"], fields["From"], fields["To"], fields["Direction"], Request.Host.Value ?? "", Request.PathBase.Value ?? "")
            {
                AccountSid = fields["AccountSid"],
                Circumstances = fields.Once,
            },
            cancellationToken);
        // With the whole document at hand the answer has a Content-Length; a chunked one has been cut short by Twilio before.
        return new ContentResult { Content = answer.Twiml, ContentType = "text/xml", StatusCode = answer.IsGone ? StatusCodes.Status410Gone : StatusCodes.Status200OK };
    }
}
