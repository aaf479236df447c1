using System.Security.Cryptography;
using Bridge.Application.Options;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>The deployment under attack, and what Twilio would have in its hand.</summary>
internal sealed class AttackTarget(Uri address, IReadOnlyList<Secret> authTokens, string? accountSid, DoctorBounds bounds) : IDisposable
{
    private readonly OutsideClient _outside = new(address, bounds);
    private Secret? _authToken = authTokens is [var first, ..] ? first : null;
    private StreamAddress? _unspent;

    /// <summary>The public address.</summary>
    public Uri Address => address;

    /// <summary>How long what may take.</summary>
    public DoctorBounds Bounds => bounds;

    /// <summary>The webhook as Twilio signs it.</summary>
    public string Webhook => SignatureCandidates.Webhook(address);

    /// <summary>Is this the public address of a deployment? In the clear only on this machine: signatures can be used again.</summary>
    public static bool IsAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address is { Query: "", Fragment: "", UserInfo: "" };

    /// <summary>The path below the public address, as a request names it.</summary>
    public string Path(string path) => address.AbsolutePath.TrimEnd('/') + path;

    /// <summary>Twilio's signature.</summary>
    public string Sign(string url, IEnumerable<KeyValuePair<string, string>>? fields = null) =>
        TwilioRequestSignature.Sign((_authToken ?? throw new NotTriedException("TWILIO_AUTH_TOKEN is not set")).Reveal(), url, fields);

    /// <summary>The same, or without a token something that looks like it.</summary>
    public string SignOrMakeUp(string url, IEnumerable<KeyValuePair<string, string>> fields) =>
        _authToken is null ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(20)) : Sign(url, fields);

    /// <summary>The fields of a call that does not exist.</summary>
    public Dictionary<string, string> Fields() => ProbeCall.Fields(accountSid);

    /// <summary>Sends a request on a connection of its own.</summary>
    public async Task<RawAnswer?> AskAsync(RawRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await RawConnection.OpenAsync(address, cancellationToken);
        return await connection.AskAsync(request with { Headers = [.. request.Headers, ("Connection", "close")] }, cancellationToken);
    }

    /// <summary>Posts a form as Twilio does, and returns the TwiML.</summary>
    /// <exception cref="NotTriedException">A right signature is refused.</exception>
    public async Task<string> PostAsync(IReadOnlyCollection<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        if (authTokens.Count == 0)
            throw new NotTriedException("TWILIO_AUTH_TOKEN is not set");
        try
        {
            var status = 0;
            foreach (var token in authTokens)
            {
                var answer = await _outside.PostAsync(new Uri(Webhook), fields, TwilioRequestSignature.Sign(token.Reveal(), Webhook, fields), cancellationToken);
                if (answer.Status == 200)
                {
                    _authToken = token;
                    return answer.Body;
                }

                status = answer.Status;
            }

            throw new NotTriedException($"a right signature gets {status}");
        }
        catch (OutsideException e)
        {
            throw new NotTriedException(e.Message);
        }
    }

    /// <summary>A stream that the webhook promised and nobody opened: the same again until it is <see cref="Spend">spent</see>.</summary>
    public async Task<StreamAddress> StreamAsync(CancellationToken cancellationToken) => _unspent ??= await NewStreamAsync(cancellationToken);

    /// <summary>The stream was opened.</summary>
    public void Spend() => _unspent = null;

    /// <summary>A stream for one attack alone.</summary>
    public async Task<StreamAddress> NewStreamAsync(CancellationToken cancellationToken)
    {
        var stream = StreamAddress.Of(await PostAsync(Fields(), cancellationToken)) ?? throw new NotTriedException("the call was turned away");
        return stream.IsBelow(address) ? stream : throw new NotTriedException("the stream is at another address");
    }

    public void Dispose() => _outside.Dispose();
}
