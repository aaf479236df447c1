using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Bridge.Api.Controllers;

/// <summary>
/// What Twilio asks when a media stream is over and the caller still there (<c>Connect</c>'s <c>action</c>): a form, and TwiML
/// for an answer. https://www.twilio.com/docs/voice/twiml/connect#action.
/// </summary>
[TypeFilter<WebhookExceptionFilter>]
public sealed class StreamEndedController(IMediator mediator, CallOutcomes outcomes) : ControllerBase
{
    /// <summary>Twilio posts unless it is told otherwise.</summary>
    [HttpGet(TwilioPaths.StreamEnded)]
    [HttpPost(TwilioPaths.StreamEnded)]
    public async Task<ContentResult> AnswerAsync(CancellationToken cancellationToken)
    {
        var fields = HttpContext.Features.GetRequiredFeature<TwilioFields>();
        var answer = await mediator.Send(
            new AnswerStreamEnded(fields["CallSid"], fields["From"], fields["To"], fields["Direction"], Request.Host.Value ?? "", Request.PathBase.Value ?? "")
            {
                AccountSid = fields["AccountSid"],
                Circumstances = fields.Once,
            },
            cancellationToken);
        // A service that is stopping leaves when its callers have been told, not before.
        Response.OnCompleted(() =>
        {
            outcomes.Told(fields["CallSid"]!);
            return Task.CompletedTask;
        });
        return Content(answer.Twiml, "text/xml");
    }
}
