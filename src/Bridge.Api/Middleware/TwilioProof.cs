using Bridge.Application.Admission;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Infrastructure.Twilio;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Middleware;

/// <summary>
/// Does a request come from Twilio? The address it signed is the configured public one and the request's target byte for byte,
/// whatever a proxy made of scheme, host and port.
/// </summary>
internal sealed class TwilioProof(IOptions<TwilioOptions> options)
{
    private readonly Uri? _public = options.Value.PublicBaseUrl;
    private readonly string _basePath = options.Value.PublicBaseUrl?.AbsolutePath.TrimEnd('/') ?? "";
    private readonly IReadOnlyList<Secret> _tokens = options.Value.AuthTokens;
    private readonly IReadOnlyList<string> _accounts = options.Value.AccountSids;

    /// <summary>Are signatures checked? Not in Development without a token, and not where the owner switched it off.</summary>
    public bool IsRequired { get; } = options.Value is { ValidateSignatures: true, AuthTokens.Count: > 0 };

    /// <summary>Is there a signature at all? Known before anything is read.</summary>
    public bool IsSigned(HttpRequest request) => !IsRequired || request.Headers.ContainsKey(TwilioRequestSignature.Header);

    /// <summary>Why a webhook is not Twilio's, or not for us; null when it is.</summary>
    public RefusalReason? Doubt(HttpRequest request, IReadOnlyCollection<KeyValuePair<string, string>> form, string? accountSid) =>
        Doubt(request, isSocket: false, form)
        ?? (_accounts.Count > 0 && !_accounts.Contains(accountSid, StringComparer.OrdinalIgnoreCase) ? RefusalReason.ForeignAccount : null);

    /// <summary>Why a WebSocket handshake is not Twilio's; null when it is.</summary>
    public RefusalReason? Doubt(HttpRequest request) =>
        Doubt(request, isSocket: true, []) ?? (HasForeignOrigin(request) ? RefusalReason.ForeignOrigin : null);

    /// <summary>The address that a signature is checked against, without what is nobody's business: for the log.</summary>
    public string Shown(HttpRequest request, bool isSocket) => isSocket
        ? $"{Base(request, isSocket)}{TwilioPaths.MediaStream}/***"
        : $"{request.Method} {Base(request, isSocket)}{request.Path.Value}";

    private RefusalReason? Doubt(HttpRequest request, bool isSocket, IReadOnlyCollection<KeyValuePair<string, string>> form)
    {
        if (!IsRequired)
            return null;
        if (request.Headers[TwilioRequestSignature.Header] is not [{ Length: > 0 } signature])
            return RefusalReason.NoSignature;
        if (Url(request, isSocket) is not { } url)
            return RefusalReason.WrongSignature;
        var urls = TwilioRequestSignature.Candidates(url);
        var valid = false;
        foreach (var token in _tokens)
            valid |= TwilioRequestSignature.IsValid(token.Reveal(), urls, form, signature);
        return valid ? null : RefusalReason.WrongSignature;
    }

    /// <summary>The request's target as it was sent: <see cref="HttpRequest.Path"/> is decoded, and another text. Null for a target that is no path.</summary>
    private string? Url(HttpRequest request, bool isSocket)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
            return null;
        // The target says whether the proxy left the base path in it; the request's own PathBase says where its branch was mapped.
        var isWhole = _basePath.Length > 0 && target.StartsWith(_basePath + "/", StringComparison.OrdinalIgnoreCase);
        return (isWhole ? Root(request, isSocket) : Base(request, isSocket)) + target;
    }

    /// <summary>The public address as its owner typed it; in Development, without one, the request's own host.</summary>
    private string Base(HttpRequest request, bool isSocket)
    {
        var http = _public is { } url ? url.OriginalString.Trim().TrimEnd('/') : $"https://{request.Host.Value}";
        return isSocket ? $"wss{http[http.IndexOf("://", StringComparison.Ordinal)..]}" : http;
    }

    /// <summary>The same without a base path, for a proxy that leaves the base path in the target.</summary>
    private string Root(HttpRequest request, bool isSocket)
    {
        var address = Base(request, isSocket);
        var path = address.IndexOf('/', address.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? address : address[..path];
    }

    /// <summary>Twilio is no browser. A page of ours could open a socket, if there were one.</summary>
    private bool HasForeignOrigin(HttpRequest request)
    {
        if (request.Headers.Origin is not [{ Length: > 0 } text])
            return request.Headers.Origin.Count > 1;
        return !Uri.TryCreate(text, UriKind.Absolute, out var origin)
            || !(origin.Host.Equals(_public?.Host ?? request.Host.Host, StringComparison.OrdinalIgnoreCase)
                || origin.Host.Equals("twilio.com", StringComparison.OrdinalIgnoreCase)
                || origin.Host.EndsWith(".twilio.com", StringComparison.OrdinalIgnoreCase));
    }
}
