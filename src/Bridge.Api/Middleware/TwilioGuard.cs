using Bridge.Api.Configuration;
using Bridge.Api.Controllers;
using Bridge.Application.Admission;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Bridge.Api.Middleware;

/// <summary>Says of an endpoint that anybody may ask it. All others are Twilio's.</summary>
internal sealed class OpenToAll;

/// <summary>
/// Lets only Twilio through to every endpoint that does not say otherwise. Cheapest first: without a signature nothing is read,
/// and a body is read only as far as a form of Twilio's can be long.
/// </summary>
internal sealed class TwilioGuard(TwilioProof proof, Refusals refusals, IOptions<ServerOptions> server) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // No endpoint is answered 404; one that is no route's is the framework's own answer, 405.
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            await next(context);
            return;
        }

        var request = context.Request;
        if (!proof.IsSigned(request))
        {
            Refuse(context, StatusCodes.Status403Forbidden, RefusalReason.NoSignature);
            return;
        }

        if (!HttpMethods.IsGet(request.Method) && !IsForm(request))
        {
            Refuse(context, StatusCodes.Status415UnsupportedMediaType, RefusalReason.NotAForm);
            return;
        }

        TwilioFields fields;
        try
        {
            fields = await TwilioFields.ReadAsync(request, server.Value.Limits, context.RequestAborted);
            // The body may have come on a thread that carries frames; what follows is long.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        catch (BadHttpRequestException e)
        {
            Refuse(context, e.StatusCode, RefusalReason.BadBody);
            return;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A body that is no body, or whoever asked is gone.
            Refuse(context, StatusCodes.Status400BadRequest, RefusalReason.BadBody);
            return;
        }

        if (proof.Doubt(request, fields.Signed, fields["AccountSid"]) is { } doubt)
        {
            Refuse(context, StatusCodes.Status403Forbidden, doubt);
            return;
        }

        context.Features.Set(fields);
        await next(context);
    }

    /// <summary>An answer without a word: who must know why reads the log.</summary>
    private void Refuse(HttpContext context, int status, RefusalReason reason)
    {
        refusals.Add(reason, proof.Shown(context.Request, isSocket: false));
        context.Response.StatusCode = status;
        // Who has no business here keeps no connection either.
        context.Response.Headers.Connection = "close";
    }

    /// <summary>Twilio's forms are UTF-8, and not compressed.</summary>
    private static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && !request.Headers.ContainsKey(HeaderNames.ContentEncoding);
}
