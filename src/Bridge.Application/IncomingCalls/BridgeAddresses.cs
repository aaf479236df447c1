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
/// <param name="Stream">The media socket. Twilio drops a stream URL's query string, so there is none.</param>
/// <param name="StreamEnded">What Twilio asks when the stream is over: whole when the public address is known, else a path, which Twilio resolves against the webhook's address.</param>
internal sealed record BridgeAddresses(Uri Stream, string StreamEnded)
{
    /// <summary>From the configured public address, or else from the request's own.</summary>
    /// <exception cref="ValidationException">Neither makes an address.</exception>
    public static BridgeAddresses Of(Uri? publicBase, string requestHost, string requestPathBase)
    {
        var (host, path) = publicBase is null ? (requestHost, requestPathBase) : (publicBase.Authority, publicBase.AbsolutePath);
        path = path.TrimEnd('/');
        if (!Uri.TryCreate($"wss://{host}{path}{TwilioPaths.MediaStream}", UriKind.Absolute, out var stream) || stream.UserInfo.Length > 0)
            throw new ValidationException([new ValidationFailure("Host", "Host must be a host name, with a port if it is not 443; or PUBLIC_BASE_URL must be set.")]);
        return new BridgeAddresses(stream, $"{publicBase?.GetLeftPart(UriPartial.Authority)}{path}{TwilioPaths.StreamEnded}");
    }
}

/// <summary>The stream's <c>start</c> message does not say who calls; what it shall know is handed on as parameters.</summary>
internal static class CallerFacts
{
    /// <summary>Those of the facts that there are.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(string? from, string? to, string? direction)
    {
        (string Name, string? Value)[] facts = [("From", from), ("To", to), ("Direction", direction)];
        return facts.Where(f => !string.IsNullOrEmpty(f.Value)).Select(f => KeyValuePair.Create(f.Name, f.Value!));
    }
}
