using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Controllers;

/// <summary>
/// What Twilio gets when a webhook fails. A malformed request gets 400 and the reasons, and no TwiML. A fault of ours gets
/// 200 and an apology: on a 5xx Twilio would read its own error message to the caller.
/// </summary>
internal sealed partial class WebhookExceptionFilter(IOptions<TwilioOptions> options, ILogger<WebhookExceptionFilter> logger) : IExceptionFilter
{
    public void OnException(ExceptionContext context)
    {
        switch (context.Exception)
        {
            case ValidationException invalid:
                context.Result = Malformed(string.Join('\n', invalid.Errors.Select(e => e.ErrorMessage)));
                LogMalformed(string.Join(' ', invalid.Errors.Select(e => e.PropertyName)));
                break;

            default:
                LogFault(context.Exception);
                context.Result = new ContentResult
                {
                    StatusCode = StatusCodes.Status200OK,
                    ContentType = "text/xml",
                    Content = TwimlDocument.SayAndHangUp(options.Value.IntroVoice, options.Value.ApologyText),
                };
                break;
        }

        context.ExceptionHandled = true;
    }

    private static ContentResult Malformed(string reasons) =>
        new() { StatusCode = StatusCodes.Status400BadRequest, ContentType = "text/plain", Content = reasons };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook refused as malformed: {Fields}")]
    private partial void LogMalformed(string fields);

    [LoggerMessage(Level = LogLevel.Error, Message = "Webhook failed; the caller hears an apology")]
    private partial void LogFault(Exception exception);
}
