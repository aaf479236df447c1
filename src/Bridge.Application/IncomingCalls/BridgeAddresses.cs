using FluentValidation;
using FluentValidation.Results;

namespace Bridge.Application.IncomingCalls;

/// <summary>The paths that Twilio is sent to, below the public base address.</summary>
public static class TwilioPaths
{
    /// <summary>The voice webhook.</summary>
    public const string IncomingCall = "/incoming-call";

    /// <summary>The media socket.</summary>
    public const string MediaStream = "/media-stream";

    /// <summary>The question that follows a stream.</summary>
    public const string StreamEnded = "/stream-ended";
}

/// <summary>Where Twilio finds the rest of the service.</summary>
/// <param name="Stream">The media socket. Twilio drops a stream URL's query string, so what it must know is in the path.</param>
/// <param name="StreamEnded">What Twilio asks when the stream is over: whole when the public address is known, else a path, which Twilio resolves against the webhook's address.</param>
internal sealed record BridgeAddresses(string Stream, string StreamEnded)
{
    /// <summary>From the configured public address, as it is typed there: Twilio signs the spelling it was given. Else from the request's own.</summary>
    /// <exception cref="ValidationException">Neither makes an address.</exception>
    public static BridgeAddresses Of(Uri? publicBase, string requestHost, string requestPathBase, string token)
    {
        var @base = publicBase is null ? $"https://{requestHost}{requestPathBase.TrimEnd('/')}" : publicBase.OriginalString.Trim().TrimEnd('/');
        var stream = $"wss{@base[@base.IndexOf("://", StringComparison.Ordinal)..]}{TwilioPaths.MediaStream}/{token}";
        if (!Uri.TryCreate(stream, UriKind.Absolute, out var address) || address.UserInfo.Length > 0)
            throw new ValidationException([new ValidationFailure("Host", "Host must be a host name, with a port if it is not 443; or PUBLIC_BASE_URL must be set.")]);
        return new BridgeAddresses(stream, $"{(publicBase is null ? requestPathBase.TrimEnd('/') : @base)}{TwilioPaths.StreamEnded}");
    }
}
