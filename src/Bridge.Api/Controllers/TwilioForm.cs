using Microsoft.Net.Http.Headers;

namespace Bridge.Api.Controllers;

/// <summary>The fields of Twilio's requests: a form, or a query when the number's configuration says GET.</summary>
internal static class TwilioForm
{
    /// <summary>Reads them; a body that is no form has none.</summary>
    public static async Task<Func<string, string?>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (HttpMethods.IsGet(request.Method))
            return name => request.Query[name];
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return _ => null;
        var form = await request.ReadFormAsync(cancellationToken);
        return name => form[name];
    }
}
